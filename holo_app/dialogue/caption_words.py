"""Map word times of the spoken form ("one hundred and forty-nine pounds") back to the written one ("£149")."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import SequenceMatcher

from holo_app.domain.speech import WordCue


def written_words(written: str, spoken: Sequence[WordCue], *, complete: bool = True) -> tuple[WordCue, ...]:
    """One cue per word of `written`, in its order, timed by the cues of what was really spoken.

    Words that read the same are matched; what stands between matches shares the time that lies between them.
    complete: whether `spoken` covers all of `written`; if not, written words behind the last match get no cue.
    """
    words = written.split()
    matcher = SequenceMatcher(
        a=[_plain(word) for word in words], b=[_plain(cue.text) for cue in spoken], autojunk=False
    )
    cues: list[WordCue] = []
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        if tag == "equal":
            cues += [
                WordCue(words[i], spoken[j].start_s, spoken[j].end_s)
                for i, j in zip(range(i1, i2), range(j1, j2), strict=True)
            ]
        elif i2 > i1 and (complete or i2 < len(words)):
            start_s, end_s = _span(spoken, j1, j2)
            cues += _share(words[i1:i2], start_s, end_s)
    return tuple(cues)


def _plain(word: str) -> str:
    return "".join(c for c in word.lower() if c.isalnum())


def _span(spoken: Sequence[WordCue], first: int, last: int) -> tuple[float, float]:
    """Time of cues [first, last); an empty run is the moment before `first`."""
    if first < last:
        return spoken[first].start_s, spoken[last - 1].end_s
    moment = spoken[first - 1].end_s if first else 0.0
    return moment, moment


def _share(words: Sequence[str], start_s: float, end_s: float) -> list[WordCue]:
    step = (end_s - start_s) / len(words)
    return [WordCue(word, start_s + i * step, start_s + (i + 1) * step) for i, word in enumerate(words)]
