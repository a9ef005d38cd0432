"""A private PulseAudio server with a virtual microphone and a virtual speaker, for one test session.

What is played into the sink `vmic_in` is what the source `vmic` hears; what the product plays into the sink `vspk` can be
recorded from its monitor. Nothing of the machine's own sound is touched.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from holo_app.domain.audio import AudioChunk

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
        self._keepers: list[subprocess.Popen[bytes]] = []
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
        self.plug_microphone()
        self.pactl("set-default-sink", "vspk")
        self._keepers = [self._quicken(sink) for sink in ("vspk", "vmic_in")]

    def stop(self) -> None:
        """End the server and everything that was started for it."""
        for process in (*self._keepers, self._server):
            self._end(process)
        self._keepers, self._server = [], None

    def kill(self) -> None:
        """The sound server crashes."""
        assert self._server is not None
        self._server.send_signal(signal.SIGKILL)
        self._server.wait()
        for keeper in self._keepers:
            keeper.wait(5)
        self.socket.unlink(missing_ok=True)

    def freeze(self) -> None:
        """The sound server hangs."""
        assert self._server is not None
        self._server.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """It goes on."""
        assert self._server is not None
        self._server.send_signal(signal.SIGCONT)

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

    def play_to_microphone(self, audio: AudioChunk) -> subprocess.Popen[bytes]:
        """Let the virtual microphone hear this from now on."""
        player = self.spawn(
            "pacat", "--device=vmic_in", f"--rate={audio.rate_hz}", "--channels=1", "--format=s16le",
            "--latency-msec=20", "--raw", stdin=True,
        )  # fmt: skip
        assert player.stdin is not None
        player.stdin.write(audio.pcm)
        player.stdin.close()
        return player

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

    def _quicken(self, sink: str) -> subprocess.Popen[bytes]:
        """Play silence for ever, and wait until it has begun: an unused null sink works in steps of two seconds."""
        wave = ("--rate=48000", "--channels=1", "--format=s16le", "--raw")
        with Path("/dev/zero").open("rb") as zeros:
            keeper = subprocess.Popen(
                ["pacat", f"--device={sink}", "--latency-msec=20", *wave],
                env={**os.environ, **self.environment}, stdin=zeros, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            )  # fmt: skip
        probe = subprocess.Popen(
            ["parec", f"--device={sink}.monitor", "--latency-msec=20", *wave],
            env={**os.environ, **self.environment}, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        with probe:
            assert probe.stdout is not None
            probe.stdout.read(1)
            probe.terminate()
        return keeper

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


@pytest.fixture(scope="module")
def pulse() -> Iterator[PulseServer]:
    """A running server of this module's own, to which this process's sound goes."""
    if MISSING:
        pytest.skip(f"the machine has no {', '.join(MISSING)}: apt-get install pulseaudio pulseaudio-utils")
    with tempfile.TemporaryDirectory(prefix="holo-pulse-") as folder, pytest.MonkeyPatch.context() as patch:
        server = PulseServer(Path(folder))
        for name, value in server.environment.items():
            patch.setenv(name, value)
        # set by the product, and not to outlive the server
        for name in ("PULSE_SOURCE", "PULSE_SINK", "PULSE_LATENCY_MSEC"):
            patch.delenv(name, raising=False)
        try:
            server.start()
            yield server
        finally:
            server.stop()
            for name in ("PULSE_SOURCE", "PULSE_SINK", "PULSE_LATENCY_MSEC"):
                os.environ.pop(name, None)
