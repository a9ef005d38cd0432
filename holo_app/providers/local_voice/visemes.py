"""The mouth over a sentence whose phonemes are timed."""

from __future__ import annotations

from collections.abc import Iterator

from holo_app.domain.speech import VisemeCue
from holo_app.providers.lip_shapes.phonemes import phoneme_cues
from holo_app.providers.lip_shapes.timed import Timed
from holo_app.providers.local_voice.events import SentenceTimes


def viseme_cues(times: SentenceTimes, rate_hz: int) -> tuple[VisemeCue, ...]:
    """The mouth over one sentence, from its first sample to its last, without a gap; a diphthong is two cues."""
    return phoneme_cues(timed_phonemes(times, rate_hz), times.start / rate_hz, times.end / rate_hz)


def timed_phonemes(times: SentenceTimes, rate_hz: int) -> Iterator[Timed]:
    """The phonemes in seconds, in order."""
    start = times.start
    for phoneme in times.phonemes:
        yield Timed(phoneme.symbol, start / rate_hz, phoneme.end / rate_hz)
        start = phoneme.end
