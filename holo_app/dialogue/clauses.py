"""Cut a streaming answer into pieces to speak: the first one early, later ones whole sentences."""

from __future__ import annotations

import re

_SENTENCE_END = re.compile(r"(?<=[.!?…])[\"'”’)]*\s+(?=\S)")
_CLAUSE_END = re.compile(r"(?<=[,;:–])\s+(?=\S)|(?<=[.!?…])[\"'”’)]*\s+(?=\S)")
_NOT_AN_END = re.compile(r"\b(?:mr|mrs|ms|dr|st|approx|e\.g|i\.e|z\.b|ca|bzw|nr)\.$", re.IGNORECASE)
_MIN_FIRST_CHARS = 12


class ClauseSplitter:
    """Feed text as it streams; get pieces that can be spoken.

    The first piece may end at a comma once it has a dozen characters, so that speech starts early; the others end at
    sentences, because a synthesiser that sees a whole sentence gets its melody right.
    """

    def __init__(self) -> None:
        self._pending = ""
        self._first = True

    def push(self, text: str) -> list[str]:
        """Add text; returns the pieces that are complete now."""
        self._pending += text
        pieces: list[str] = []
        while (cut := self._next_cut()) is not None:
            pieces.append(self._pending[:cut].strip())
            self._pending = self._pending[cut:].lstrip()
            self._first = False
        return pieces

    @property
    def pending(self) -> str:
        """What has come and is not yet a piece."""
        return self._pending

    def flush(self) -> list[str]:
        """The rest, when the answer has ended."""
        rest, self._pending = self._pending.strip(), ""
        return [rest] if rest else []

    def _next_cut(self) -> int | None:
        pattern = _CLAUSE_END if self._first else _SENTENCE_END
        for match in pattern.finditer(self._pending):
            piece = self._pending[: match.start()].rstrip("\"'”’)")
            if _NOT_AN_END.search(piece):
                continue
            if self._first and len(piece) < _MIN_FIRST_CHARS and piece[-1] in ",;:–":
                continue
            return match.end()
        return None


def pieces_of(text: str) -> list[str]:
    """The pieces in which a text is spoken when it comes all at once."""
    splitter = ClauseSplitter()
    return [*splitter.push(text), *splitter.flush()]


def is_sentence(piece: str) -> bool:
    """Whether a spoken text may end after this piece."""
    return piece.rstrip("\"'”’)").endswith((".", "!", "?", "…"))
