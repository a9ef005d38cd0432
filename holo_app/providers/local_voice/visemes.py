"""From the phonemes that espeak-ng writes (IPA, English) to the 15 mouth shapes."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from itertools import pairwise

from holo_app.domain.speech import Viseme, VisemeCue
from holo_app.providers.local_voice.events import SentenceTimes

_SHAPES: dict[Viseme, str] = {
    Viseme.PP: "pbmɓʙɸβ",
    Viseme.FF: "fvɱʋⱱ",
    Viseme.TH: "θð",
    Viseme.DD: "tdɾʈɖɗɽ",
    Viseme.KK: "kɡgqxɣɢχʁcɟŋɴʀħ",
    Viseme.CH: "ʃʒɕʑʂʐçʝʦ",
    Viseme.SS: "szɬɮ",
    Viseme.NN: "nlɫɲɳɭʎʟ",
    Viseme.RR: "ɹrɻɺɚɝɜɞ",
    Viseme.AA: "aɑæʌɐɶ",
    Viseme.E: "eɛəɘœøɵɤ",
    Viseme.I: "iɪᵻɨyʏj",
    Viseme.O: "oɔɒ",
    Viseme.U: "uʊʉɯwʍɥɰ",
}
_SHAPE_OF = {symbol: viseme for viseme, symbols in _SHAPES.items() for symbol in symbols}
_AFFRICATES = {("t", "ʃ"), ("d", "ʒ"), ("t", "ɕ"), ("d", "ʑ")}
_LEANS_FORWARD = frozenset("hɦʔˈˌ'\"")
"""Breath and stress have no shape: the mouth is already on its way to what follows."""
_BREATH_S = 0.06
"""A space that lasts longer than this between two words is a pause, in which the mouth closes."""

_Timed = tuple[Viseme | None, float, float]
"""A shape, or None for what takes the shape of what follows; start and end in seconds."""


def viseme_cues(times: SentenceTimes, rate_hz: int) -> tuple[VisemeCue, ...]:
    """The mouth over one sentence, from its first sample to its last, without a gap; a diphthong is two cues."""
    start_s, end_s = times.start / rate_hz, times.end / rate_hz
    edges = [times.start, *(phoneme.end for phoneme in times.phonemes)]
    symbols = [phoneme.symbol for phoneme in times.phonemes]
    timed: list[_Timed] = []
    for place, (start, end) in enumerate(pairwise(edges)):
        before = timed[-1][0] if timed else Viseme.SIL
        shape = _shape(symbols, place, before, (end - start) / rate_hz)
        timed.append((shape, start / rate_hz, end / rate_hz))
    return _joined([*_shaped(timed), VisemeCue(Viseme.SIL, edges[-1] / rate_hz, end_s)], start_s, end_s)


def _shape(symbols: Sequence[str], place: int, before: Viseme | None, seconds: float) -> Viseme | None:
    symbol = symbols[place]
    if tuple(symbols[place : place + 2]) in _AFFRICATES:
        return Viseme.CH
    if symbol in _LEANS_FORWARD:
        return None
    if symbol in _SHAPE_OF:
        return _SHAPE_OF[symbol]
    pause = unicodedata.category(symbol[0]).startswith("P") or (symbol == " " and seconds > _BREATH_S)
    # length, diacritics, the short step between words and any sound that is not in the table hold the mouth as it is
    return Viseme.SIL if pause else before


def _shaped(timed: Sequence[_Timed]) -> list[VisemeCue]:
    cues: list[VisemeCue] = []
    following = Viseme.SIL
    for shape, start, end in reversed(timed):
        following = following if shape is None else shape
        cues.append(VisemeCue(following, start, end))
    return cues[::-1]


def _joined(cues: Sequence[VisemeCue], start_s: float, end_s: float) -> tuple[VisemeCue, ...]:
    """Neighbours of one shape become one cue; cues without duration are dropped."""
    joined: list[VisemeCue] = []
    for cue in cues:
        if cue.end_s <= cue.start_s:
            continue
        if joined and joined[-1].viseme is cue.viseme:
            cue = VisemeCue(cue.viseme, joined.pop().start_s, cue.end_s)  # noqa: PLW2901 - the two become one
        joined.append(cue)
    return tuple(joined) or (VisemeCue(Viseme.SIL, start_s, end_s),)
