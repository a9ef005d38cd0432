from __future__ import annotations

from holo_app.audio.echo_pair import EchoPair
from holo_app.bootstrap.echo import best_echo_canceller, complete_echo_canceller
from holo_app.bootstrap.substitutes import NoEcho
from holo_app.errors import FailureCategory, ProviderError
from holo_app.ports.echo import ECHO_FRAME_BYTES, EchoCanceller


class Other(NoEcho):
    """Stands for a canceller that is installed."""


class Mute(NoEcho):
    """Lets nothing through."""

    def cleaned(self, frame: bytes) -> bytes:
        return bytes(len(frame))


def missing() -> EchoCanceller:
    raise ProviderError("some library", FailureCategory.UNAVAILABLE, "not installed")


def test_the_first_that_is_installed_is_taken() -> None:
    assert type(best_echo_canceller("a", {"a": missing, "b": Other})) is Other


def test_without_any_the_microphone_is_left_as_it_is() -> None:
    assert type(best_echo_canceller("a", {"a": missing, "b": missing})) is NoEcho


HEARD = b"\x10\x10" * (ECHO_FRAME_BYTES // 2)


async def test_what_takes_long_to_load_joins_a_pair_later() -> None:
    pair = EchoPair(Other())
    pair.played(HEARD)
    assert pair.cleaned(HEARD) == HEARD
    await complete_echo_canceller(pair, Mute)
    pair.played(HEARD)
    assert pair.cleaned(HEARD) == bytes(ECHO_FRAME_BYTES)


async def test_a_pair_stays_alone_where_the_other_is_missing() -> None:
    pair = EchoPair(Other())
    await complete_echo_canceller(pair, missing)
    pair.reset()
    pair.played(HEARD)
    assert pair.cleaned(HEARD) == HEARD


async def test_a_single_canceller_is_complete() -> None:
    single = Other()
    await complete_echo_canceller(single, missing)
    assert single.cleaned(HEARD) == HEARD
