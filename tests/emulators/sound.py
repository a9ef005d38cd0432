"""What an emulated recogniser makes of sound: it hears one sentence in whatever is loud."""

from __future__ import annotations

import numpy as np

_LOUD = 500
_WORD_S = 0.2


class Ear:
    """Sound goes in; `words` are those of `text` that were said by then, one for each fifth of a second."""

    def __init__(self, text: str, rate_hz: int) -> None:
        self._text = text
        self._rate_hz = rate_hz
        self._loud_s = 0.0
        self.seconds = 0.0
        self.silent_s = 0.0
        """Since the last loud sound."""

    def push(self, pcm: bytes) -> None:
        assert pcm, "an empty frame may be taken for the end"
        seconds = len(pcm) / 2 / self._rate_hz
        self.seconds += seconds
        if np.abs(np.frombuffer(pcm, "<i2").astype(np.int32)).max() > _LOUD:
            self._loud_s, self.silent_s = self._loud_s + seconds, 0.0
        else:
            self.silent_s += seconds

    @property
    def words(self) -> str:
        """As far as they were said."""
        return " ".join(self._text.split()[: int(self._loud_s / _WORD_S)])

    @property
    def all_words(self) -> str:
        """The whole sentence, where anything was said."""
        return self._text if self._loud_s else ""
