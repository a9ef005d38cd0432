"""The one error tree of the product.

HoloError
├── ConfigError            a setting is wrong: names the key, its value and what is allowed
├── SettingsError          the settings cannot be used; carries a ConfigError for each bad key
├── InputError             a file or text that a person gave is wrong; carries row-by-row problems
├── ModelFileError         a model file is missing or altered: names the model and how to get it
├── StorageError           the database cannot be used
│   └── MigrationError     an upgrade of the schema failed; the old file is intact
├── DeviceError            microphone, speaker, camera or display: a named state, never a traceback
└── ProviderError          a speech, language or avatar engine failed; `category` drives what happens next

Environment errors are HoloErrors and are shown to people; anything else is a bug.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum


class FailureCategory(StrEnum):
    """Why a provider failed, in terms that decide on retry, fallback and what the customer is told."""

    TIMEOUT = "timeout"
    UNAVAILABLE = "unavailable"
    RATE_LIMITED = "rate_limited"
    QUOTA = "quota"
    AUTH = "auth"
    BAD_REQUEST = "bad_request"
    BAD_RESPONSE = "bad_response"
    CANCELLED_BY_PEER = "cancelled_by_peer"

    @property
    def retryable(self) -> bool:
        """Whether the same call may succeed a moment later."""
        return self in _RETRYABLE


_RETRYABLE = frozenset(
    {
        FailureCategory.TIMEOUT,
        FailureCategory.UNAVAILABLE,
        FailureCategory.RATE_LIMITED,
        FailureCategory.BAD_RESPONSE,
        FailureCategory.CANCELLED_BY_PEER,
    }
)


class HoloError(Exception):
    """Base of every error that a person may be shown. `str(error)` says what is wrong and what to do."""


class ConfigError(HoloError):
    """A setting is wrong. `origin` is the file or the variable that it was read from, where that is known."""

    def __init__(self, key: str, value: object, allowed: str, *, origin: str = "") -> None:
        super().__init__(f"setting {key} = {value!r}{f' ({origin})' if origin else ''} is not valid: {allowed}")
        self.key = key
        self.value = value
        self.allowed = allowed
        self.origin = origin


class SettingsError(HoloError):
    """The settings cannot be used. `problems` names each bad key; it is empty where the file itself is at fault."""

    def __init__(self, summary: str, problems: Sequence[ConfigError] = ()) -> None:
        super().__init__("\n".join([summary, *map(str, problems)]))
        self.summary = summary
        self.problems = tuple(problems)


class InputError(HoloError):
    """What a person gave cannot be used. `problems` holds one line per fault, in the order of the input."""

    def __init__(self, summary: str, problems: Sequence[str] = ()) -> None:
        super().__init__("\n".join([summary, *problems]))
        self.summary = summary
        self.problems = tuple(problems)


class ModelFileError(HoloError):
    """A model file is missing or altered."""

    def __init__(self, model: str, problem: str) -> None:
        super().__init__(
            f"model {model}: {problem}. Run `bash packaging/bootstrap.sh models {model}` to fetch it again."
        )
        self.model = model
        self.problem = problem


class StorageError(HoloError):
    """The database cannot be used."""


class MigrationError(StorageError):
    """The schema could not be upgraded; the old file is as it was."""


class DeviceError(HoloError):
    """A device is missing or failed. `device` is `microphone`, `speaker`, `camera` or `display`."""

    def __init__(self, device: str, problem: str) -> None:
        super().__init__(f"{device}: {problem}")
        self.device = device
        self.problem = problem


class ProviderError(HoloError):
    """An engine behind a port failed."""

    def __init__(
        self,
        provider: str,
        category: FailureCategory,
        detail: str = "",
        *,
        retry_after_s: float | None = None,
    ) -> None:
        super().__init__(f"{provider}: {category.value}{f' ({detail})' if detail else ''}")
        self.provider = provider
        self.category = category
        self.detail = detail
        self.retry_after_s = retry_after_s
