"""What some models think aloud, between tags at the beginning of their answer, and nobody is to hear."""

from __future__ import annotations

_OPEN, _CLOSE = "<think>", "</think>"


class Thoughts:
    """Takes them out of a stream. Servers that are told which model they run do that themselves; others do not.

    Only at the very beginning, where blank space is dropped too: an answer may speak of tags.
    """

    def __init__(self) -> None:
        self._held = ""
        self._thinking = False
        self._answering = False

    def push(self, text: str) -> str:
        """What of the answer can be said now, and was not given yet."""
        if self._answering:
            return text
        self._held += text
        while not self._answering:
            if self._thinking:
                _, ended, after = self._held.partition(_CLOSE)
                if not ended:
                    self._held = self._held[1 - len(_CLOSE) :]
                    return ""
                self._held, self._thinking = after, False
            self._held = self._held.lstrip()
            if self._held.startswith(_OPEN):
                self._held, self._thinking = self._held[len(_OPEN) :], True
            elif _OPEN.startswith(self._held):
                return ""  # it may still become the tag
            else:
                self._answering = True
        return self._held

    def rest(self) -> str:
        """What was held back, at the end."""
        return "" if self._answering or self._thinking else self._held
