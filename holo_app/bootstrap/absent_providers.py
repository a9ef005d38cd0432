"""What stands in for a provider that cannot be made: it fails with the reason, so that staff are told of it."""

from __future__ import annotations

from collections.abc import AsyncGenerator

from holo_app.bootstrap.substitutes import MissingStt, MissingTts, then_fail
from holo_app.errors import FailureCategory, HoloError, ProviderError
from holo_app.ports.chat import ChatEvent, ChatRequest

_ANY = frozenset({"en", "de", "fr"})
"""It is to be asked, so that it can say why it fails."""


def absence(name: str, error: HoloError) -> ProviderError:
    """Why a provider cannot be made, as a failure of its own: whatever is missing, a person must bring it."""
    if isinstance(error, ProviderError):
        return ProviderError(name, error.category, error.detail)
    return ProviderError(name, FailureCategory.AUTH, str(error))


def absent_stt(error: ProviderError) -> MissingStt:
    """In place of a recogniser."""
    return MissingStt(error, name=error.provider, languages=_ANY)


def absent_tts(error: ProviderError) -> MissingTts:
    """In place of a voice or an avatar."""
    return MissingTts(error, name=error.provider, languages=_ANY)


class AbsentChat:
    """A ChatModel."""

    def __init__(self, error: ProviderError) -> None:
        self._error = error

    @property
    def name(self) -> str:
        return self._error.provider

    def stream(self, request: ChatRequest) -> AsyncGenerator[ChatEvent]:
        del request
        return then_fail(self._error)

    async def models(self) -> list[str]:
        raise self._error

    async def aclose(self) -> None:
        """Nothing to free."""
