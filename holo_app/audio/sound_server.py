"""What the sound server (PulseAudio, or PipeWire in its place) says about its devices, as it changes.

PortAudio reaches the server through an ALSA plugin that hides what matters most here: when a microphone is unplugged, the
server silently moves the running stream to another source, often the monitor of the loudspeaker; frames go on coming, and
the kiosk would listen to itself. Only the server's own list of devices tells.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import structlog

log = structlog.get_logger(__name__)

_RECONNECT_S = 0.4
_LISTEN_S = 0.2
_FROZEN_S = 0.5
_JOIN_S = 1.0


@dataclass(frozen=True, slots=True)
class ServerDevice:
    """A source or a sink of the server.

    index: never given twice while the server runs. name: what streams ask for. label: what people read.
    fallback: it is no real device (the monitor of a loudspeaker, the sink for nobody): not to be chosen unasked.
    """

    index: int
    name: str
    label: str
    fallback: bool


@dataclass(frozen=True, slots=True)
class ServerView:
    """The server's devices at one moment."""

    sources: tuple[ServerDevice, ...]
    sinks: tuple[ServerDevice, ...]
    default_source: str
    default_sink: str


class SoundServer:
    """Follows the server from a thread of its own.

    `on_change` is called in that thread whenever `view` has changed, and once when it is first known.
    """

    def __init__(self, on_change: Callable[[], None]) -> None:
        self._on_change = on_change
        self._closing = threading.Event()
        self._thread: threading.Thread | None = None
        self._answered_at = 0.0
        self.view: ServerView | None = None
        self.known = False

    def start(self) -> None:
        """Begin to follow. Without a client library there is nothing to follow."""
        try:
            import pulsectl  # noqa: PLC0415 - loads what a machine may lack
        except (ImportError, OSError) as error:
            log.info("sound_server_unsupported", reason=str(error))
            self._publish(None)
            return
        self._thread = threading.Thread(target=self._run, args=(pulsectl,), name="holo-sound-server", daemon=True)
        self._thread.start()

    @property
    def frozen(self) -> bool:
        """Whether the server is there but does not answer: then any call into it hangs."""
        return self.view is not None and time.monotonic() - self._answered_at > _FROZEN_S

    def close(self) -> None:
        """End the thread. A thread that hangs in a frozen server ends when the server does or goes on."""
        self._closing.set()
        if self._thread is not None:
            self._thread.join(_JOIN_S)

    def _run(self, pulsectl: Any) -> None:
        while not self._closing.is_set():
            try:
                with pulsectl.Pulse("holo-devices", connect=False) as pulse:
                    # without its timeout, which it always waits for to the end
                    pulse.connect()
                    self._follow(pulsectl, pulse)
            except Exception as error:
                # the binding raises four unrelated kinds when a server goes
                log.debug("sound_server_unreachable", reason=str(error))
                self._publish(None)
            self._closing.wait(_RECONNECT_S)

    def _follow(self, pulsectl: Any, pulse: Any) -> None:
        def wake(_event: Any) -> None:
            raise pulsectl.PulseLoopStop

        pulse.event_mask_set("sink", "source", "server")
        pulse.event_callback_set(wake)
        while not self._closing.is_set():
            view = _look(pulse)
            self._answered_at = time.monotonic()
            self._publish(view)
            pulse.event_listen(timeout=_LISTEN_S)

    def _publish(self, view: ServerView | None) -> None:
        if self.known and view == self.view:
            return
        self.view, self.known = view, True
        self._on_change()


def _look(pulse: Any) -> ServerView:
    info = pulse.server_info()
    no_monitor = 0xFFFFFFFF
    sources = [_device(found, fallback=found.monitor_of_sink != no_monitor) for found in pulse.source_list()]
    sinks = [_device(found, fallback=found.name == "auto_null") for found in pulse.sink_list()]
    return ServerView(tuple(sources), tuple(sinks), info.default_source_name or "", info.default_sink_name or "")


def _device(found: Any, *, fallback: bool) -> ServerDevice:
    return ServerDevice(found.index, found.name, found.description or found.name, fallback)
