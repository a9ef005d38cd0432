"""One provider in the fault matrix."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from holo_app.domain.usage import ProviderRole
from holo_app.errors import FailureCategory
from holo_app.ports.meter import Meter
from tests.emulators.faults import Fault
from tests.emulators.web import Emulator


class Provider(Protocol):
    """Whatever a port has, it can be closed."""

    async def aclose(self) -> None: ...


@dataclass(frozen=True)
class Case:
    """make: the adapter for an address. call: one whole use of it. right: asserts that its results are as they should be.

    result: which items are a result; deadlines run from one to the next. differs: where the vendor's way of failing has another
    category than most; without: faults that its protocol cannot have, each with the reason.
    """

    name: str
    role: ProviderRole
    emulator: Callable[[], Emulator]
    make: Callable[[str, Meter], Any]
    call: Callable[[Any], AsyncGenerator[Any]]
    right: Callable[[Sequence[Any]], None]
    differs: Mapping[Fault, FailureCategory | None] = field(default_factory=dict)
    without: Mapping[Fault, str] = field(default_factory=dict)
