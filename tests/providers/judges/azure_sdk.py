"""Microsoft's own Speech SDK, talking to an emulator: run as a process of its own, because it may abort one at its exit.

Arguments: the emulator's port, `hear` or `speak`, then a WAV file or a text. Prints one JSON object.
"""

from __future__ import annotations

import json
import os
import sys
import threading
from typing import Any

import azure.cognitiveservices.speech as sdk

from tests.emulators.azure import KEY

_LONGEST_S = 20.0


def config(port: str) -> Any:
    return sdk.SpeechConfig(host=f"ws://127.0.0.1:{port}", subscription=KEY)


def hear(port: str, recording: str) -> dict[str, Any]:
    recognizer = sdk.SpeechRecognizer(config(port), sdk.audio.AudioConfig(filename=recording))
    partial: list[str] = []
    final: list[str] = []
    over = threading.Event()
    recognizer.recognizing.connect(lambda event: partial.append(event.result.text))
    recognizer.recognized.connect(lambda event: final.append(event.result.text))
    for end in (recognizer.canceled, recognizer.session_stopped):
        end.connect(lambda _: over.set())
    recognizer.start_continuous_recognition()
    over.wait(_LONGEST_S)
    recognizer.stop_continuous_recognition()
    return {"partial": partial, "final": final}


def speak(port: str, text: str) -> dict[str, Any]:
    speech = config(port)
    speech.set_speech_synthesis_output_format(sdk.SpeechSynthesisOutputFormat.Raw24Khz16BitMonoPcm)
    synthesizer = sdk.SpeechSynthesizer(speech, audio_config=None)
    visemes: list[int] = []
    words: list[str] = []
    closed = threading.Event()

    def moved(event: Any) -> None:
        visemes.append(event.viseme_id)
        if event.viseme_id == 0:
            closed.set()

    synthesizer.viseme_received.connect(moved)
    synthesizer.synthesis_word_boundary.connect(lambda event: words.append(event.text))
    result = synthesizer.speak_text(text)
    # a thread of its own tells of the shapes, also after the end
    closed.wait(_LONGEST_S)
    return {"reason": str(result.reason), "bytes": len(result.audio_data), "visemes": visemes, "words": words}


if __name__ == "__main__":
    port, what, thing = sys.argv[1:]
    sys.stdout.write(json.dumps(hear(port, thing) if what == "hear" else speak(port, thing)))
    sys.stdout.flush()
    # its threads outlive the interpreter, and abort it
    os._exit(0)
