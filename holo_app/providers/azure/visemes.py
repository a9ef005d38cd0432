"""From Azure's viseme ids (0 to 21) to the 15 mouth shapes, and from moments to spans.

Source: Microsoft's table of viseme ids and their sounds, "Get facial position with viseme". Its two versions differ on θ: the
older puts it with ð (17), the newer with d, t and n (19). Both are right here for ð and d; a θ that comes as 19 shows a tongue
behind the teeth in place of one between them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from holo_app.domain.speech import Viseme, VisemeCue

SHAPES: tuple[tuple[Viseme, ...], ...] = (
    (Viseme.SIL,),
    (Viseme.AA,),  # æ ə ʌ
    (Viseme.AA,),  # ɑ
    (Viseme.O,),  # ɔ
    (Viseme.E,),  # ɛ ʊ
    (Viseme.RR,),  # ɝ
    (Viseme.I,),  # j i ɪ
    (Viseme.U,),  # w u
    (Viseme.O,),  # o
    (Viseme.AA, Viseme.U),  # aʊ
    (Viseme.O, Viseme.I),  # ɔɪ
    (Viseme.AA, Viseme.I),  # aɪ
    (Viseme.E,),  # h: an open mouth on its way to a vowel
    (Viseme.RR,),  # ɹ
    (Viseme.NN,),  # l
    (Viseme.SS,),  # s z
    (Viseme.CH,),  # ʃ tʃ dʒ ʒ
    (Viseme.TH,),  # ð, and by the older table θ
    (Viseme.FF,),  # f v
    (Viseme.DD,),  # d t n, and by the newer table θ
    (Viseme.KK,),  # k g ŋ
    (Viseme.PP,),  # p b m
)
"""The shapes of each id; a diphthong has two."""


class VisemeMoments:
    """Azure says when each shape begins: it lasts until the next."""

    def __init__(self) -> None:
        self._shapes: Sequence[Viseme] = ()
        self._since_s = 0.0

    def begins(self, viseme_id: int, at_s: float) -> list[VisemeCue]:
        """A shape begins: what stood there before it. An id that is not known is a closed mouth."""
        before = self.ends(at_s)
        self._shapes = SHAPES[viseme_id] if 0 <= viseme_id < len(SHAPES) else SHAPES[0]
        self._since_s = max(at_s, self._since_s)
        return before

    def ends(self, at_s: float) -> list[VisemeCue]:
        """What stood there until then."""
        cues = list(self._spans(at_s)) if at_s > self._since_s else []
        self._shapes = ()
        return cues

    def _spans(self, until_s: float) -> Iterator[VisemeCue]:
        step_s = (until_s - self._since_s) / max(len(self._shapes), 1)
        for place, shape in enumerate(self._shapes):
            start_s = self._since_s + place * step_s
            yield VisemeCue(shape, start_s, start_s + step_s)
