"""What every factory of a provider is given."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from holo_app.config import Settings
from holo_app.domain.usage import ProviderRole
from holo_app.errors import FailureCategory, ProviderError
from holo_app.ports.avatar import AvatarScreen
from holo_app.ports.clock import Clock
from holo_app.ports.meter import Meter
from holo_app.ports.secrets import Secrets

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Kit:
    """names: the words of the catalogue that a recogniser should know, as they are now. screen: of cloud avatars, if any."""

    settings: Settings
    secrets: Secrets
    meter: Meter
    clock: Clock
    names: Callable[[], tuple[str, ...]] = tuple
    screen: AvatarScreen | None = None

    def key(self, name: str) -> str:
        """The key of that name. Raises: ProviderError(AUTH): nobody has given one."""
        secret = self.secrets.get(name)
        if secret is None:
            raise ProviderError(
                name, FailureCategory.AUTH, f"it has no key: give it one with `holo-app providers key set {name}`"
            )
        return secret.value

    def key_if_any(self, name: str) -> str:
        """The key, or "": servers in the shop often want none."""
        secret = self.secrets.get(name)
        return "" if secret is None else secret.value


@dataclass(frozen=True, slots=True)
class Vendor(Generic[T]):
    """One way to fill a role. make: raises ProviderError where a key or a setting is missing.

    secret: the name of its key; "" for none. optional_key: it may do without. model: what is asked, for staff.
    """

    role: ProviderRole
    name: str
    make: Callable[[Kit], T]
    model: Callable[[Settings], str]
    secret: str = ""
    optional_key: bool = False


def system_secrets() -> Secrets:
    """What systemd hands over, then the operating system's own store."""
    from holo_app.providers.secret_stores.credentials import (  # noqa: PLC0415 - a kiosk without providers needs none
        VARIABLE,
        CredentialSecrets,
        FirstOf,
    )
    from holo_app.providers.secret_stores.keyring import KeyringSecrets  # noqa: PLC0415

    folder = os.environ.get(VARIABLE)
    return FirstOf(CredentialSecrets(Path(folder) if folder else None), KeyringSecrets())


def bearer(key: str) -> dict[str, str]:
    """The usual header; none without a key."""
    return {"authorization": f"Bearer {key}"} if key else {}
