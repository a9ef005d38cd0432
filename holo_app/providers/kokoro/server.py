"""The child process that speaks: a Wyoming server around Kokoro's voices."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from holo_app.errors import ProviderError
from holo_app.providers.kokoro.voice import KokoroEngine, KokoroVoice
from holo_app.providers.local_voice.server import VoiceService
from holo_app.providers.wyoming.messages import Attribution, Info, TtsProgram, TtsVoice
from holo_app.providers.wyoming.serving import run_child


def main(argv: Sequence[str] | None = None) -> int:
    """Run until the standard input ends. Returns the exit status: 1 if the voices cannot be loaded."""
    parser = argparse.ArgumentParser(prog="kokoro-server", description="Speaks for the kiosk, in a process of its own.")
    parser.add_argument("--model", type=Path, required=True, help="the folder of the model")
    parser.add_argument("--voices", required=True, help="names with commas between; the first one is the default")
    parser.add_argument("--threads", type=int, default=2, help="processor threads for one sentence")
    parser.add_argument("--folder", type=Path, help="private folder for the socket; without one, a loopback port")
    options = parser.parse_args(argv)
    names = options.voices.split(",")
    try:
        engine = KokoroEngine(options.model, threads=options.threads)
        voices = {name: KokoroVoice(engine, options.model / f"{name}.bin") for name in names}
        voices[names[0]].warm_up()
    except ProviderError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    run_child(VoiceService(voices, _describe(names)), options.folder)
    return 0


def _describe(names: Sequence[str]) -> Info:
    maker = Attribution(name="hexgrad", url="https://huggingface.co/hexgrad/Kokoro-82M")
    voices = [TtsVoice(name, maker, True, f"Kokoro voice {name}", None, languages=["en"]) for name in names]
    return Info(tts=[TtsProgram("kokoro", maker, True, "Kokoro", None, voices=voices)])


if __name__ == "__main__":
    sys.exit(main())
