"""From phonemes (IPA or X-SAMPA) to the 15 mouth shapes.

Symbols may be one phoneme each, with marks of their own (espeak-ng), or several signs together, such as "tʃ", "aj" or "pʰ"
(the Montreal aligner's sets, which Cartesia's voices use).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence

from holo_app.domain.speech import Viseme, VisemeCue
from holo_app.providers.lip_shapes.timed import Timed, gapless, in_order

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
_SILENT = frozenset({"", "sil", "sp", "spn", "eps", "pau", "_"})
BREATH_S = 0.06
"""A space that lasts longer than this between two words is a pause, in which the mouth closes."""

_X_SAMPA = {
    "A": "ɑ", "{": "æ", "6": "ɐ", "Q": "ɒ", "E": "ɛ", "@": "ə", "3": "ɜ", "I": "ɪ", "O": "ɔ", "2": "ø", "9": "œ", "&": "ɶ",
    "U": "ʊ", "}": "ʉ", "V": "ʌ", "Y": "ʏ", "1": "ɨ", "M": "ɯ", "7": "ɤ", "8": "ɵ", "B": "β", "C": "ç", "D": "ð", "F": "ɱ",
    "G": "ɣ", "H": "ɥ", "J": "ɲ", "K": "ɬ", "L": "ʎ", "N": "ŋ", "P": "ʋ", "R": "ʁ", "S": "ʃ", "T": "θ", "W": "ʍ", "X": "χ",
    "Z": "ʒ", "4": "ɾ", "5": "ɫ", "?": "ʔ", ":": "ː", '"': "ˈ", "%": "ˌ", "@`": "ɚ", "3`": "ɝ", "r\\": "ɹ", "s\\": "ɕ",
    "z\\": "ʑ", "p\\": "ɸ", "h\\": "ɦ", "j\\": "ʝ", "R\\": "ʀ", "t`": "ʈ", "d`": "ɖ", "s`": "ʂ", "z`": "ʐ", "n`": "ɳ",
    "l`": "ɭ", "r\\`": "ɻ",
}  # fmt: skip
_LONGEST_X_SAMPA = 3

_Timed = tuple[Viseme | None, float, float]
"""A shape, or None for what takes the shape of what follows; start and end in seconds."""


def phoneme_cues(phonemes: Iterable[Timed], start_s: float, end_s: float) -> tuple[VisemeCue, ...]:
    """The mouth from `start_s` to `end_s`, without a gap; a diphthong is two cues.

    phonemes: IPA, each a symbol or several; in order. Where none sounds the mouth is closed, but for steps of a breath.
    """
    atoms = [atom for phoneme in in_order(phonemes, start_s) for atom in _atoms(phoneme)]
    symbols = [atom.text for atom in atoms]
    timed: list[_Timed] = []
    for place, atom in enumerate(atoms):
        before, until_s = (timed[-1][0], timed[-1][2]) if timed else (Viseme.SIL, start_s)
        if 0 < atom.start_s - until_s <= BREATH_S:
            timed.append((before, until_s, atom.start_s))
        timed.append((_shape(symbols, place, before, atom.end_s - atom.start_s), atom.start_s, atom.end_s))
    return gapless(_shaped(timed), start_s, end_s)


def shapes_of(ipa: str) -> tuple[Viseme, ...]:
    """The shapes of a text of phonemes, each once where it is held."""
    symbols = [atom.text for atom in _atoms(Timed(ipa, 0.0, float(len(ipa))))]
    cues = phoneme_cues((Timed(symbol, place, place + 1.0) for place, symbol in enumerate(symbols)), 0.0, len(symbols))
    return tuple(cue.viseme for cue in cues)


def from_x_sampa(text: str) -> str:
    """X-SAMPA as IPA; a sign that it does not know is left as it is."""
    written, place = [], 0
    while place < len(text):
        for length in range(_LONGEST_X_SAMPA, 0, -1):
            sign = text[place : place + length]
            if sign in _X_SAMPA or length == 1:
                written.append(_X_SAMPA.get(sign, sign))
                place += length if sign in _X_SAMPA else 1
                break
    return "".join(written)


def _atoms(phoneme: Timed) -> Iterator[Timed]:
    """One phoneme that is written with several signs, as its parts, which share its time."""
    text = phoneme.text
    if text.strip("<>[]()").lower() in _SILENT:
        yield Timed(".", phoneme.start_s, phoneme.end_s)
        return
    if len(text) > 1:
        text = "".join(sign for sign in text if sign in _SHAPE_OF or sign in _LEANS_FORWARD) or text[:1]
        if tuple(text) in _AFFRICATES:
            text = "ʃ"
    step = (phoneme.end_s - phoneme.start_s) / len(text)
    for place, sign in enumerate(text):
        start_s = phoneme.start_s + place * step
        end_s = phoneme.end_s if place == len(text) - 1 else start_s + step
        yield Timed(sign, start_s, end_s)


def _shape(symbols: Sequence[str], place: int, before: Viseme | None, seconds: float) -> Viseme | None:
    symbol = symbols[place]
    if tuple(symbols[place : place + 2]) in _AFFRICATES:
        return Viseme.CH
    if symbol in _LEANS_FORWARD:
        return None
    if symbol in _SHAPE_OF:
        return _SHAPE_OF[symbol]
    pause = unicodedata.category(symbol).startswith("P") or (symbol == " " and seconds > BREATH_S)
    # length, diacritics, the short step between words and any sound that is not in the table hold the mouth as it is
    return Viseme.SIL if pause else before


def _shaped(timed: Sequence[_Timed]) -> list[VisemeCue]:
    cues: list[VisemeCue] = []
    following = Viseme.SIL
    for shape, start_s, end_s in reversed(timed):
        following = following if shape is None else shape
        cues.append(VisemeCue(following, start_s, end_s))
    return cues[::-1]
