"""Which echo canceller the kiosk uses."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping

import structlog

from holo_app.audio.echo_pair import EchoPair
from holo_app.bootstrap.substitutes import NoEcho
from holo_app.errors import ProviderError
from holo_app.ports.echo import EchoCanceller

log = structlog.get_logger(__name__)


def best_echo_canceller(
    wanted: str = "both", makers: Mapping[str, Callable[[], EchoCanceller]] | None = None
) -> EchoCanceller:
    """The wanted one, else another, else none; `makers` stand in for those of `CANCELLERS`.

    Both together come first, WebRTC's until Speex has learnt the room (see EchoPair and `complete_echo_canceller`).
    Measured in three simulated rooms (`tests/benchmarks/echo`: delay 20 to 250 ms, drift ±100 ppm), with the echo 10 dB
    quieter than, as loud as and 6 dB louder than the customer; five clips of the demo; all behind the same EchoStage:

    |         | echo removed | taken for a voice | customer's voice kept | word errors while both talk |
    |---------|--------------|-------------------|-----------------------|-----------------------------|
    | none    | 0 dB         | 92 %              | 100 %                 | 107 %                       |
    | webrtc  | 35 dB        | 0 %               | 61 % (10 to 97)       | 39 %                        |
    | speex   | 27 dB        | 0 %               | 99 %                  | 9 % (7 with no echo at all) |

    With six recordings of people and of other voices: 12 % word errors with Speex, 57 % with WebRTC's, 2 % with no echo.
    Either silences the kiosk, but WebRTC's suppressor takes the customer with it, so that the louder the kiosk speaks the less
    it can be interrupted. No real loudspeaker was measured; one that was driven far into its limits
    (`drive=5`, a shop, 0 dB) left Speex 19 dB and 17 % taken for a voice, WebRTC's 34 dB and none.
    """
    known = CANCELLERS if makers is None else makers
    for name in sorted(known, key=lambda name: name != wanted):
        try:
            return known[name]()
        except ProviderError as error:
            log.warning("echo_canceller_missing", name=name, reason=str(error))
    return NoEcho()


async def complete_echo_canceller(canceller: EchoCanceller, load: Callable[[], EchoCanceller] | None = None) -> None:
    """Add what takes long to load to a pair: for a start, while the kiosk hears already and says nothing yet."""
    if not isinstance(canceller, EchoPair):
        return
    try:
        canceller.help_with(await asyncio.to_thread(load or _webrtc))
    except ProviderError as error:
        log.warning("echo_canceller_missing", name="webrtc", reason=str(error))


def _speex() -> EchoCanceller:
    from holo_app.providers.speex.echo import SpeexEcho  # noqa: PLC0415 - only the one that is used is loaded

    return SpeexEcho()


def _webrtc() -> EchoCanceller:
    from holo_app.providers.webrtc.echo import WebrtcEcho  # noqa: PLC0415 - as above

    return WebrtcEcho()


def _both() -> EchoCanceller:
    return EchoPair(_speex())


CANCELLERS: dict[str, Callable[[], EchoCanceller]] = {"both": _both, "speex": _speex, "webrtc": _webrtc}
"""The best first."""
