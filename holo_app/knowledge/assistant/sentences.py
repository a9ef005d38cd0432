"""Sentences out of a stream of text, as plain words: what a model marks up is unmarked, because it is to be spoken."""

from __future__ import annotations

import re
import unicodedata

_END = re.compile(r"[.!?…]+[\"'”’)\]]*(?=\s)|\n")
_NOT_AN_END = re.compile(
    r"(?:\b(?:e\.g|i\.e|approx|no|nr|ca|z\.\s?b|bzw|usw|dr|mr|mrs|ms|st|art|vs|etc|env|p\.\s?ex)|\b[a-z])\.$",
    re.IGNORECASE,
)
_LINK = re.compile(r"!?\[([^\]\n]*)\]\((?:[^)\n]*)\)")
_ELEMENT = re.compile(r"</?[a-zA-Z][^<>\n]{0,200}>")
_LIST_MARK = re.compile(r"^\s*(?:[-*•>]|#{1,6}|\d{1,2}[.)](?=\s))\s*")
_MARKS = re.compile(r"[*`~#|{}\\<>]+|(?<!\w)_+|_+(?!\w)")
_TAG = re.compile(r"\[([^\[\]\n]{0,80})\]?")
_UNSPOKEN = frozenset({"So", "Sk", "Cs", "Co", "Cc", "Cf", "Cn"})
_KEPT = "°"
_LONGEST = 600
"""A sentence that does not end is a fault."""


class Sentences:
    """Feed text as it streams; get each sentence as soon as it is complete."""

    def __init__(self) -> None:
        self._pending = ""

    def push(self, text: str) -> list[str]:
        """Add text; the sentences that are complete now."""
        self._pending += text
        found: list[str] = []
        start = 0
        for end in _END.finditer(self._pending):
            if not _NOT_AN_END.search(self._pending[start : end.end()].rstrip()):
                found.append(self._pending[start : end.end()])
                start = end.end()
        self._pending = self._pending[start:]
        if len(self._pending) > _LONGEST:
            found.append(self._pending)
            self._pending = ""
        return [sentence for sentence in found if sentence.strip()]

    def flush(self) -> str:
        """What is left when the stream has ended."""
        rest, self._pending = self._pending, ""
        return rest.strip()


def is_whole(sentence: str) -> bool:
    """Whether it ends as a sentence does; else the stream was cut off in it."""
    return sentence.rstrip("\"'”’)] ").endswith((".", "!", "?", "…", ":"))


def unmarked(sentence: str, tags: frozenset[str]) -> str:
    """The words alone. tags: words of stage directions (`[happy]`), which stay; other brackets go with what is in them."""
    text = _LINK.sub(r"\1", sentence)
    text = _LIST_MARK.sub("", _ELEMENT.sub("", text))
    text = _TAG.sub(lambda found: found.group() if _is_direction(found, tags) else "", text)
    text = _MARKS.sub("", text)
    return " ".join("".join(letter for letter in text if _is_speech(letter)).split())


def _is_speech(letter: str) -> bool:
    """No pictures and no invisible signs."""
    return letter.isspace() or letter in _KEPT or unicodedata.category(letter) not in _UNSPOKEN


def spoken(sentence: str) -> str:
    """Less its stage directions: what is heard."""
    return " ".join(_TAG.sub("", sentence).split())


def _is_direction(found: re.Match[str], tags: frozenset[str]) -> bool:
    words = re.split(r"[\s,/&+]+", found.group(1).strip().lower())
    return found.group().endswith("]") and all(word in tags for word in words)
