"""Keys and tokens: where they come from is nobody else's business, and they are in no file of ours."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Secret:
    """A key or token. Neither its text nor a log shows the value. source: where it came from, for staff: "keyring"."""

    value: str = field(repr=False)
    source: str

    def __str__(self) -> str:
        return f"*** ({self.source})"


class Secrets(Protocol):
    """Looks secrets up by name, such as `openai`. Blocking, at most a second: call it in a thread."""

    def get(self, name: str) -> Secret | None:
        """The secret as it is now; None: nobody has given one. Raises: nothing; a broken store has none."""
        ...
