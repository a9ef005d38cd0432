"""Which of Google's recognisers is asked, and what its answers come to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from holo_app.domain.speech import Transcript
from holo_app.errors import FailureCategory, ProviderError
from holo_app.providers.google.failures import NAME


@dataclass(frozen=True, slots=True)
class Recogniser:
    """project: the Google Cloud project that pays. location: of the service. own_locales: such as `en-GB`."""

    project: str
    location: str = "eu"
    model: str = "chirp_3"
    own_locales: tuple[str, ...] = ()

    def path(self) -> str:
        """Its name; `_` is none that was stored. Raises: ProviderError(BAD_REQUEST): there is no project."""
        if not self.project:
            raise ProviderError(NAME, FailureCategory.BAD_REQUEST, "no Google Cloud project is set")
        return f"projects/{self.project}/locations/{self.location}/recognizers/_"


@dataclass(frozen=True, slots=True)
class Begin:
    """What a stream begins with. path: of the recogniser."""

    path: str
    model: str
    locale: str


def recognition_address(location: str, base_url: str = "") -> str:
    """The base address of the speech recognition. base_url: another one, such as an emulator's."""
    region = "" if location == "global" else f"{location}-"
    return base_url or f"https://{region}speech.googleapis.com"


@dataclass(slots=True)
class Settled:
    """The parts of an utterance whose words are settled."""

    texts: list[str] = field(default_factory=list)
    confidence: float | None = None

    def add(self, text: str, confidence: float | None) -> None:
        """The next part. confidence: 0: not told."""
        if text.strip():
            self.texts.append(text.strip())
            if confidence:
                self.confidence = min(max(confidence, 0.0), 1.0 if self.confidence is None else self.confidence)

    def transcript(self, language: str, unsettled: Iterable[str] | None = None) -> Transcript:
        """All words so far. unsettled: those after the settled ones; None: there will be no more."""
        if unsettled is None:
            return Transcript(" ".join(self.texts), language, final=True, confidence=self.confidence)
        words = [text for part in unsettled if (text := part.strip())]
        return Transcript(" ".join([*self.texts, *words]), language, final=False)
