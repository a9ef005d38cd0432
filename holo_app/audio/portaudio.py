"""PortAudio, called only from here and only in the hub's thread, because its calls block and may hang."""

from __future__ import annotations

import os
import sys
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Protocol, TypeVar

import numpy as np
import structlog

from holo_app.audio.mixer import Mixer
from holo_app.audio.places import Kind, Place, PortDevice
from holo_app.audio.resample import Samples
from holo_app.audio.ring import CaptureRing
from holo_app.domain.audio import CAPTURE_RATE_HZ
from holo_app.errors import DeviceError

log = structlog.get_logger(__name__)

CAPTURE_BLOCK_S = 0.02

_PLAYBACK_BLOCK_S = 0.01
_PLAYBACK_LATENCY_S = 0.03
_CAPTURE_LATENCY_MS = "20"
_USUAL_RATES_HZ = (48_000, 44_100)

# a claim beyond these is a driver's mistake
_LONGEST_CAPTURE_DELAY_S = 0.25
_LONGEST_PLAYBACK_DELAY_S = 1.0

OPERATORS_CHOICE = {
    Kind.MICROPHONE: os.environ.get("PULSE_SOURCE", ""),
    Kind.SPEAKER: os.environ.get("PULSE_SINK", ""),
}
"""What the operator chose for the whole process, read before `_pin` writes the same variables."""

P = TypeVar("P", bound="_PortStream")


class Stream(Protocol):
    """A running stream."""

    @property
    def last_call_at(self) -> float | None:
        """Monotonic time of the last callback; None before the first."""
        ...

    @property
    def finished(self) -> bool:
        """Whether the driver has given up."""
        ...

    def close(self) -> None:
        """Blocks; may hang."""
        ...


class CaptureStream(Stream, Protocol):
    """A running capture; `ring` receives the samples."""

    @property
    def ring(self) -> CaptureRing: ...


class PlaybackStream(Stream, Protocol):
    """A running playback: silence until it serves a mixer."""

    @property
    def rate_hz(self) -> int: ...

    def serve(self, mixer: Mixer | None) -> None:
        """Play this from now on; None: silence."""
        ...


class SoundSystem(Protocol):
    """What the hub needs of PortAudio. Every call but `inventory` blocks and may hang."""

    def devices(self) -> list[PortDevice]:
        """What was there at the last `rescan`. Raises: DeviceError: there is no PortAudio on this machine."""
        ...

    def inventory(self) -> object:
        """Something that differs when the list may have changed; None where the system does not tell. Does not block."""
        ...

    def rescan(self) -> None:
        """Look for devices anew. Every stream must be closed before."""
        ...

    def open_capture(self, place: Place, wake: Callable[[], None]) -> CaptureStream:
        """`wake` is called in the audio thread when samples have come. Raises: DeviceError: it cannot be opened."""
        ...

    def open_playback(self, place: Place) -> PlaybackStream:
        """Raises: DeviceError: it cannot be opened."""
        ...


class PortAudio:
    """`SoundSystem` by way of sounddevice."""

    def devices(self) -> list[PortDevice]:
        sd = _sounddevice()
        chosen = {Kind.MICROPHONE: sd.default.device[0], Kind.SPEAKER: sd.default.device[1]}
        return [
            PortDevice(
                index,
                found["name"],
                found["max_input_channels"],
                found["max_output_channels"],
                round(found["default_samplerate"]),
                frozenset(kind for kind, default in chosen.items() if default == index),
            )
            for index, found in enumerate(sd.query_devices())
        ]

    def inventory(self) -> object:
        if not sys.platform.startswith("linux"):
            return None
        try:
            return tuple(sorted(card.name for card in Path("/dev/snd").iterdir()))
        except OSError:
            return ()

    def rescan(self) -> None:
        # the only way: PortAudio lists devices once, when it starts
        sd = _sounddevice()
        sd._terminate()  # noqa: SLF001 - sounddevice offers no public name for it
        sd._initialize()  # noqa: SLF001 - as above

    def open_capture(self, place: Place, wake: Callable[[], None]) -> CaptureStream:
        _pin(place)
        rates = dict.fromkeys([CAPTURE_RATE_HZ, place.rate_hz, place.port.rate_hz])
        return _first_that_opens(place, [_Capture(place, rate, ch, wake) for rate in rates for ch in (1, 2)])

    def open_playback(self, place: Place) -> PlaybackStream:
        _pin(place)
        rates = dict.fromkeys([place.rate_hz, place.port.rate_hz, *_USUAL_RATES_HZ])
        return _first_that_opens(place, [_Playback(place, rate, ch) for rate in rates for ch in (1, 2)])


def _sounddevice() -> Any:
    try:
        import sounddevice  # noqa: PLC0415 - it starts PortAudio, which a machine may lack
    except OSError as error:
        raise DeviceError("sound", f"{error}; install libportaudio2") from error
    return sounddevice


def _pin(place: Place) -> None:
    """Tell the server's client library, which the ALSA plugin uses, what to open and how far to buffer.

    Without the latency a source is read in its own largest steps, up to two seconds; for playback PortAudio's own request
    is better (measured: a fixed 20 ms underruns). Names are set anew, never removed: other threads may read them.
    """
    if place.server is None:
        return
    capture = place.kind is Kind.MICROPHONE
    os.environ["PULSE_SOURCE" if capture else "PULSE_SINK"] = place.server.name
    os.environ["PULSE_LATENCY_MSEC"] = _CAPTURE_LATENCY_MS if capture else "0"


class _PortStream(ABC):
    """What both directions share. `_call` and `_finish` run in PortAudio's thread."""

    def __init__(self, place: Place, rate_hz: int, channels: int) -> None:
        self.rate_hz = rate_hz
        self.last_call_at: float | None = None
        self.finished = False
        self._place = place
        self._channels = channels
        self._stream: Any = None

    @abstractmethod
    def open(self) -> None:
        """Open and start. Raises: PortAudioError."""

    @abstractmethod
    def _call(self, data: Samples, frames: int, when: Any, status: Any) -> None:
        """PortAudio's callback."""

    def close(self) -> None:
        # it aborts: a stream that were drained into a dead server would never end
        self._stream.close(ignore_errors=True)

    def _settings(self) -> dict[str, Any]:
        return {
            "samplerate": self.rate_hz,
            "channels": self._channels,
            "device": self._place.port.index,
            "dtype": "int16",
            "callback": self._call,
            "finished_callback": self._finish,
        }

    def _start(self, stream: Any) -> None:
        self._stream = stream
        try:
            stream.start()
        except _sounddevice().PortAudioError:
            stream.close(ignore_errors=True)
            raise

    def _finish(self) -> None:
        self.finished = True


class _Capture(_PortStream):
    def __init__(self, place: Place, rate_hz: int, channels: int, wake: Callable[[], None]) -> None:
        super().__init__(place, rate_hz, channels)
        self.ring = CaptureRing(rate_hz)
        self._wake = wake

    def open(self) -> None:
        blocksize = round(self.rate_hz * CAPTURE_BLOCK_S)
        self._start(_sounddevice().InputStream(blocksize=blocksize, latency="low", **self._settings()))

    def _call(self, data: Samples, frames: int, when: Any, status: Any) -> None:
        del status
        now = time.monotonic()
        # what the driver says of its delay is off while a stream starts, and 0 where it does not know
        since_first = when.currentTime - when.inputBufferAdcTime
        since_last = min(_LONGEST_CAPTURE_DELAY_S, max(0.0, since_first - frames / self.rate_hz))
        self.ring.write(data[:, 0], now - since_last)
        self.last_call_at = now
        self._wake()


class _Playback(_PortStream):
    def __init__(self, place: Place, rate_hz: int, channels: int) -> None:
        super().__init__(place, rate_hz, channels)
        self._mono: Samples = np.zeros(round(rate_hz * _PLAYBACK_BLOCK_S), dtype=np.int16)
        self._latency_s = 0.0
        self._mixer: Mixer | None = None

    def open(self) -> None:
        stream = _sounddevice().OutputStream(blocksize=len(self._mono), latency=_PLAYBACK_LATENCY_S, **self._settings())
        self._latency_s = stream.latency
        self._start(stream)

    def serve(self, mixer: Mixer | None) -> None:
        self._mixer = mixer

    def _call(self, data: Samples, frames: int, when: Any, status: Any) -> None:
        del status
        now = time.monotonic()
        self.last_call_at = now
        mixer, mono = self._mixer, self._mono[:frames]
        if mixer is None:
            data[:] = 0
            return
        latency = when.outputBufferDacTime - when.currentTime
        mixer.render(mono, now + (latency if 0 < latency < _LONGEST_PLAYBACK_DELAY_S else self._latency_s))
        data[:] = mono[:, np.newaxis]


def _first_that_opens(place: Place, streams: Sequence[P]) -> P:
    sd = _sounddevice()
    problem = "nothing to try"
    for stream in streams:
        try:
            stream.open()
        except sd.PortAudioError as error:
            problem = str(error.args[0])
        else:
            log.info("audio_stream_opened", kind=place.kind.value, device=place.name, rate_hz=stream.rate_hz)
            return stream
    raise DeviceError(place.kind.value, f"{place.name} cannot be opened: {problem}")
