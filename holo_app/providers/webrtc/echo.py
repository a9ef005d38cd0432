"""The echo canceller of the WebRTC project (AEC3), as the `livekit` package carries it; no server is called."""

from __future__ import annotations

from typing import Any

from holo_app.domain.audio import CAPTURE_RATE_HZ
from holo_app.errors import FailureCategory, ProviderError
from holo_app.ports.echo import ECHO_FRAME_SAMPLES, checked_echo_frame


class WebrtcEcho:
    """An EchoCanceller: a linear filter and a suppressor of what the filter leaves.

    The library starts worker threads of its own and takes 39 MB; loading it takes 0.6 s. expected_delay_ms: how long after its
    frame was played an echo usually begins; a first guess, the canceller finds the delay itself.
    Raises: ProviderError: the library is not installed.
    """

    def __init__(self, *, expected_delay_ms: int = 10) -> None:
        self._rtc = _library()
        self._expected_delay_ms = expected_delay_ms
        self.reset()

    def played(self, frame: bytes) -> None:
        self._module.process_reverse_stream(self._frame(frame))

    def cleaned(self, frame: bytes) -> bytes:
        heard = self._frame(frame)
        self._module.process_stream(heard)
        return bytes(heard.data.cast("B"))

    def reset(self) -> None:
        self._module = self._rtc.AudioProcessingModule(
            echo_cancellation=True, high_pass_filter=True, noise_suppression=False, auto_gain_control=False
        )
        self._module.set_stream_delay_ms(self._expected_delay_ms)

    def _frame(self, frame: bytes) -> Any:
        # the check is no courtesy: another size ends the whole process inside the library
        return self._rtc.AudioFrame(bytearray(checked_echo_frame(frame)), CAPTURE_RATE_HZ, 1, ECHO_FRAME_SAMPLES)


def _library() -> Any:
    try:
        from livekit import rtc  # noqa: PLC0415 - may be missing, and takes half a second
    except (ImportError, OSError) as error:
        raise ProviderError("webrtc", FailureCategory.UNAVAILABLE, f"livekit: {error}") from error
    return rtc
