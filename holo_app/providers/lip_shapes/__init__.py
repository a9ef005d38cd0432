"""How a mouth moves and when words sound, from whatever a voice tells of its speech: phonemes, letters, or the sound alone.

Engines that tell nothing in common with another stand on the same ground here:

* `phonemes`: IPA and X-SAMPA to mouth shapes;
* `letters`: spelling to mouth shapes, for voices that time characters or words;
* `loudness`: PCM to mouth shapes, for voices that time nothing;
* `words`: word times for exactly the words of the text;
* `track`: all of it together for one synthesis that streams. Most adapters need only this.
"""
