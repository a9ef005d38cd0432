"""A private PulseAudio server with a virtual microphone and a virtual speaker, for one test session.

What is played into the sink `vmic_in` is what the source `vmic` hears; what the product plays into the sink `vspk` can be
recorded from its monitor. Nothing of the machine's own sound is touched.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

MISSING = [name for name in ("pulseaudio", "pactl", "parec", "pacat") if shutil.which(name) is None]
"""Programs that the machine lacks; empty where the server can run."""

_NULL_SINK = ("module-null-sink", "channels=1")
_START_LIMIT_S = 10.0


class PulseServer:
    """One server process and its modules. `environment` makes a PulseAudio client talk to it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.socket = folder / "native"
        self.environment = {
            "PULSE_SERVER": f"unix:{self.socket}",
            "PULSE_COOKIE": str(folder / "cookie"),
            "PULSE_RUNTIME_PATH": str(folder),
            "PULSE_STATE_PATH": str(folder / "state"),
            "XDG_RUNTIME_DIR": str(folder),
            "XDG_CONFIG_HOME": str(folder / "config"),
        }
        self._server: subprocess.Popen[bytes] | None = None
        self._readers: list[subprocess.Popen[bytes]] = []
        self._source_module = ""

    def start(self) -> None:
        """Start the server and plug everything in."""
        self._folder.chmod(0o700)
        (self._folder / "config").mkdir(exist_ok=True)
        socket_module = f"module-native-protocol-unix auth-anonymous=1 socket={self.socket}"
        self._server = subprocess.Popen(
            ["pulseaudio", "-n", "--daemonize=no", "--exit-idle-time=-1", "--use-pid-file=no",
             "--disable-shm=yes", "--log-target=stderr", "-L", socket_module],
            env={**os.environ, **self.environment}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        self._await_answer()
        self._load(*_NULL_SINK, "sink_name=vspk", "rate=48000")
        self._load(*_NULL_SINK, "sink_name=vmic_in", "rate=16000")
        # with no reader, null sinks work in steps of two seconds, as no real card does
        self._readers = [self._quicken(monitor) for monitor in ("vspk.monitor", "vmic_in.monitor")]
        self.plug_microphone()
        self.pactl("set-default-sink", "vspk")

    def stop(self) -> None:
        """End the server and everything that was started for it."""
        for process in (*self._readers, self._server):
            self._end(process)
        self._readers, self._server = [], None

    def kill(self) -> None:
        """The sound server crashes."""
        assert self._server is not None
        self._server.send_signal(signal.SIGKILL)
        self._server.wait()
        for reader in self._readers:
            reader.wait(5)
        self.socket.unlink(missing_ok=True)

    def plug_microphone(self) -> None:
        """The microphone appears."""
        self._source_module = self._load(
            "module-remap-source", "source_name=vmic", "master=vmic_in.monitor",
            "source_properties=device.description=VirtualMic",
        )  # fmt: skip
        self.pactl("set-default-source", "vmic")

    def unplug_microphone(self) -> None:
        """The microphone is pulled out."""
        self.pactl("unload-module", self._source_module)

    def pactl(self, *args: str) -> str:
        """Run one command; returns what it printed."""
        done = subprocess.run(
            ["pactl", *args],
            env={**os.environ, **self.environment},
            capture_output=True,
            text=True,
            check=True,
            timeout=10,
        )
        return done.stdout.strip()

    def spawn(self, *command: str, stdin: bool = False, stdout: Path | None = None) -> subprocess.Popen[bytes]:
        """Start a client of this server."""
        out = stdout.open("wb") if stdout else subprocess.DEVNULL
        try:
            return subprocess.Popen(
                command,
                env={**os.environ, **self.environment},
                stdin=subprocess.PIPE if stdin else subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.DEVNULL,
            )
        finally:
            if stdout:
                out.close()  # type: ignore[union-attr]  # an open file whenever stdout is a path

    def _quicken(self, monitor: str) -> subprocess.Popen[bytes]:
        """Keep reading a monitor, and wait until it has left its first long step."""
        record = ("parec", f"--device={monitor}", "--latency-msec=10", "--raw")
        reader = self.spawn(*record)
        probe = subprocess.Popen(record, env={**os.environ, **self.environment}, stdout=subprocess.PIPE)
        with probe:
            assert probe.stdout is not None
            probe.stdout.read(1)
            probe.terminate()
        return reader

    def _load(self, module: str, *args: str) -> str:
        return self.pactl("load-module", module, *args)

    def _await_answer(self) -> None:
        deadline = time.monotonic() + _START_LIMIT_S
        while time.monotonic() < deadline:
            try:
                self.pactl("info")
            except subprocess.SubprocessError:
                time.sleep(0.02)
            else:
                return
        raise RuntimeError("the private PulseAudio server did not answer")

    @staticmethod
    def _end(process: subprocess.Popen[bytes] | None) -> None:
        if process is not None and process.poll() is None:
            process.terminate()
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
