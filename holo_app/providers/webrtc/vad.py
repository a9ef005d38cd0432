"""The WebRTC voice activity detector: what the kiosk falls back to without onnxruntime or the Silero model.

It is not put in front of Silero as a gate: Silero costs 0.4 % of a core, and frames that a gate withholds would tear
the run of sound that its state depends on.
"""

from __future__ import annotations

from holo_app.domain.audio import BYTES_PER_SAMPLE, CAPTURE_RATE_HZ
from holo_app.errors import FailureCategory, ProviderError

_FRAME_SAMPLES = CAPTURE_RATE_HZ * 30 // 1000
"""The longest frame that the detector takes (it knows 10, 20 and 30 ms) is the surest."""


class WebrtcVad:
    """A VoiceActivityDetector that says 0 or 1, at 0.02 % of a core; it takes much noise for speech.

    aggressiveness: 0..3, how readily it calls a frame noise. Raises: ProviderError: webrtcvad is not installed.
    """

    def __init__(self, *, aggressiveness: int = 3) -> None:
        self._aggressiveness = aggressiveness
        self.reset()

    @property
    def frame_samples(self) -> int:
        return _FRAME_SAMPLES

    def probability(self, pcm: bytes) -> float:
        if len(pcm) != _FRAME_SAMPLES * BYTES_PER_SAMPLE:
            raise ValueError(f"a frame holds {_FRAME_SAMPLES} samples, not {len(pcm) / BYTES_PER_SAMPLE:g}")
        return float(self._vad.is_speech(pcm, CAPTURE_RATE_HZ))

    def reset(self) -> None:
        try:
            import webrtcvad  # noqa: PLC0415 - may be missing
        except ImportError as error:
            raise ProviderError("webrtc", FailureCategory.UNAVAILABLE, "webrtcvad is not installed") from error
        self._vad = webrtcvad.Vad(self._aggressiveness)
