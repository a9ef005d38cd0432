"""The child process that thinks: llama.cpp's own server around one model file.

The engine is `xllamacpp` where it is installed, else a `llama-server` program on the PATH. It listens on a free loopback port,
writes its address as the one line of its standard output once the model is loaded, and ends when its standard input does: so it
never outlives the process that started it, however that ended. What the engine prints goes to standard error.
"""

from __future__ import annotations

import argparse
import ctypes
import importlib.util
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

_POLITENESS = 5
"""How far it stands behind sound and picture, which must not wait for it."""
_POLL_S = 0.1
_DIE_WITH_PARENT = 1
_STDOUT, _STDERR = 1, 2


@dataclass(frozen=True, slots=True)
class ModelOptions:
    """context: tokens that a conversation may have with all that it needs. threads: 0: one for each core."""

    model: Path
    name: str
    context: int
    threads: int


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until standard input ends."""
    options = _options(arguments)
    answers = os.fdopen(os.dup(_STDOUT), "w")
    os.dup2(_STDERR, _STDOUT)
    threading.Thread(target=_end_with_input, name="end-with-input", daemon=True).start()
    os.nice(_POLITENESS)
    start = _engine()
    if start is None:
        sys.stderr.write("neither the package xllamacpp nor the program llama-server is installed\n")
        return 1
    try:
        address = start(options)
    except (OSError, RuntimeError, ValueError) as error:
        sys.stderr.write(f"{options.model.name}: {error}\n")
        return 1
    answers.write(f"{address}\n")
    answers.flush()
    threading.Event().wait()
    return 0


def _engine() -> Callable[[ModelOptions], str] | None:
    if importlib.util.find_spec("xllamacpp") is not None:
        return _start_library
    return _start_program if shutil.which("llama-server") else None


def _start_library(options: ModelOptions) -> str:
    """Load the model in this process; its address. Raises: RuntimeError."""
    import xllamacpp  # noqa: PLC0415 - an extra, and 100 MB

    params = xllamacpp.CommonParams()
    params.model.path = str(options.model)
    params.model_alias = {options.name}
    params.hostnames = ["127.0.0.1"]
    params.port = 0
    params.n_ctx = options.context
    params.n_parallel = 1
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = options.threads or os.cpu_count() or 1
    # a mapped file is thrown out of memory first when that is short, and the next answer then reads the disk
    params.load_mode = xllamacpp.llama_load_mode.LLAMA_LOAD_MODE_NONE
    params.cache_ram_mib = 0
    params.ui = False
    params.endpoint_slots = False
    params.offline = True
    params.verbosity = 1
    server = xllamacpp.Server(params)
    _running.append(server)
    return str(server.listening_address)


_running: list[object] = []
"""The engine's server, which serves as long as it is referred to, or its process."""


def _start_program(options: ModelOptions) -> str:
    """Start `llama-server` and wait until it is healthy; its address. Raises: OSError, RuntimeError."""
    address = f"http://127.0.0.1:{_free_port()}"
    process = subprocess.Popen(_command(options, address), stdin=subprocess.DEVNULL, preexec_fn=_die_with_parent)  # noqa: PLW1509
    _running.append(process)
    threading.Thread(target=_end_with, args=(process,), name="end-with-server", daemon=True).start()
    while not _is_healthy(address):
        if process.poll() is not None:
            raise RuntimeError(f"llama-server ended with status {process.returncode}")
        time.sleep(_POLL_S)
    return address


def _command(options: ModelOptions, address: str) -> tuple[str, ...]:
    threads = options.threads or os.cpu_count() or 1
    flags: dict[str, object] = {
        "--model": options.model,
        "--alias": options.name,
        "--host": "127.0.0.1",
        "--port": address.rpartition(":")[2],
        "--ctx-size": options.context,
        "--parallel": 1,
        "--threads": threads,
        "--threads-batch": threads,
    }
    program = shutil.which("llama-server") or "llama-server"
    return (program, *(str(part) for flag in flags.items() for part in flag), "--no-mmap", "--jinja", "--no-webui")


def _is_healthy(address: str) -> bool:
    try:
        with urlopen(f"{address}/health", timeout=1.0) as answer:  # noqa: S310 - a loopback address of our own
            return bool(answer.status == 200)  # noqa: PLR2004 - loading is 503
    except (URLError, OSError):
        return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _die_with_parent() -> None:
    """In the new process: on Linux it is ended when we are, even when we are killed."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, signal.SIGKILL)


def _end_with(process: subprocess.Popen[bytes]) -> None:
    status = process.wait()
    os._exit(status or 1)


def _end_with_input() -> None:
    """Nobody writes to it: it ends when the kiosk does."""
    while os.read(0, 1024):
        pass
    for running in _running:
        if isinstance(running, subprocess.Popen):
            running.kill()
    os._exit(0)


def _options(arguments: Sequence[str] | None) -> ModelOptions:
    parser = argparse.ArgumentParser(description="A llama.cpp server that ends with its standard input.")
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--name", default="default")
    parser.add_argument("--context", type=int, default=4096)
    parser.add_argument("--threads", type=int, default=0)
    given = parser.parse_args(arguments)
    return ModelOptions(given.model, given.name, given.context, given.threads)


if __name__ == "__main__":
    sys.exit(main())
