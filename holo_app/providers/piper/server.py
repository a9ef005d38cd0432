"""The child process that speaks: a Wyoming server around one Piper voice."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from holo_app.errors import ProviderError
from holo_app.providers.local_voice.server import VoiceService
from holo_app.providers.piper.voice import Voice
from holo_app.providers.wyoming.messages import Attribution, Info, TtsProgram, TtsVoice
from holo_app.providers.wyoming.serving import run_child


def main(argv: Sequence[str] | None = None) -> int:
    """Run until the standard input ends. Returns the exit status: 1 if the voice cannot be loaded."""
    parser = argparse.ArgumentParser(prog="piper-server", description="Speaks for the kiosk, in a process of its own.")
    parser.add_argument("--model", type=Path, required=True, help="the voice (.onnx)")
    parser.add_argument("--config", type=Path, required=True, help="its settings (.onnx.json)")
    parser.add_argument("--name", required=True, help="what the voice is called")
    parser.add_argument("--language", required=True, help="the language that it speaks")
    parser.add_argument("--threads", type=int, default=2, help="processor threads for one sentence")
    parser.add_argument("--folder", type=Path, help="private folder for the socket; without one, a loopback port")
    options = parser.parse_args(argv)
    try:
        voice = Voice(options.model, options.config, threads=options.threads)
        voice.warm_up()
    except ProviderError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    info = _describe(options.name, options.language)
    run_child(VoiceService({options.name: voice}, info), options.folder)
    return 0


def _describe(name: str, language: str) -> Info:
    maker = Attribution(name="Open Home Foundation", url="https://github.com/OHF-Voice/piper1-gpl")
    voice = TtsVoice(name, maker, True, f"Piper voice {name}", None, languages=[language])
    piper = TtsProgram("piper", maker, True, "Piper", None, voices=[voice])
    return Info(tts=[piper])


if __name__ == "__main__":
    sys.exit(main())
