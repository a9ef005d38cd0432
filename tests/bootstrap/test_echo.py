from __future__ import annotations

from holo_app.bootstrap.echo import best_echo_canceller
from holo_app.bootstrap.substitutes import NoEcho
from holo_app.errors import FailureCategory, ProviderError
from holo_app.ports.echo import EchoCanceller


class Other(NoEcho):
    """Stands for a canceller that is installed."""


def missing() -> EchoCanceller:
    raise ProviderError("some library", FailureCategory.UNAVAILABLE, "not installed")


def test_the_first_that_is_installed_is_taken() -> None:
    assert type(best_echo_canceller("a", {"a": missing, "b": Other})) is Other


def test_without_any_the_microphone_is_left_as_it_is() -> None:
    assert type(best_echo_canceller("a", {"a": missing, "b": missing})) is NoEcho
