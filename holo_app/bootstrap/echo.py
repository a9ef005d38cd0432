"""Which echo canceller the kiosk uses."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import structlog

from holo_app.bootstrap.substitutes import NoEcho
from holo_app.errors import ProviderError
from holo_app.ports.echo import EchoCanceller

log = structlog.get_logger(__name__)


def best_echo_canceller(makers: Sequence[Callable[[], EchoCanceller]] = ()) -> EchoCanceller:
    """Speex, or what is installed."""
    for make in makers or CANCELLERS:
        try:
            return make()
        except ProviderError as error:
            log.warning("echo_canceller_missing", error=str(error))
    return NoEcho()


def _speex() -> EchoCanceller:
    from holo_app.providers.speex.echo import SpeexEcho  # noqa: PLC0415 - only the one that is used is loaded

    return SpeexEcho()


def _webrtc() -> EchoCanceller:
    from holo_app.providers.webrtc.echo import WebrtcEcho  # noqa: PLC0415 - as above

    return WebrtcEcho()


CANCELLERS: tuple[Callable[[], EchoCanceller], ...] = (_speex, _webrtc)
"""The best first."""
