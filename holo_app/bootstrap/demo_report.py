"""What a demo leaves behind: picture, sound, transcript and a table of times."""

from __future__ import annotations

import json
import threading
from pathlib import Path

import numpy as np

from holo_app.audio.resample import resampled, samples_of
from holo_app.audio.wav import WavWriter, read_wav
from holo_app.dialogue.notices import Notice, TroubleChanged, TurnFinished
from holo_app.domain.audio import AudioChunk
from holo_app.domain.conversation import Stage

_STAGES = (
    Stage.END_OF_TURN,
    Stage.STT,
    Stage.RETRIEVE,
    Stage.ANSWER,
    Stage.TTS_FIRST_AUDIO,
    Stage.END_OF_SPEECH_TO_FIRST_AUDIO,
    Stage.FIRST_AUDIO_OF_ANSWER,
)


class DemoReport:
    """Collects while the demo runs, possibly from another thread; `write` finishes the files of `folder`.

    picture_wanted: set when the screen is worth a picture.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.picture = folder / "picture.png"
        self.kiosk_wav = folder / "kiosk.wav"
        self.picture_wanted = threading.Event()
        self._turns: list[TurnFinished] = []
        self._remarks: list[str] = []

    def take(self, notice: Notice) -> None:
        """Keep finished turns and troubles."""
        if isinstance(notice, TurnFinished):
            self._turns.append(notice)
        elif isinstance(notice, TroubleChanged) and notice.active:
            self.remark(f"{notice.trouble.value}: {notice.detail}")

    def remark(self, text: str) -> None:
        """Something that whoever reads the report should know."""
        self._remarks.append(text)

    def customer_said(self, sounds: list[tuple[float, AudioChunk]]) -> None:
        """Write conversation.wav: customer and kiosk mixed, on the time line of the kiosk's file."""
        kiosk = read_wav(self.kiosk_wav)
        mixed = samples_of(kiosk).astype(np.int32)
        for at_s, audio in sounds:
            samples = samples_of(resampled(audio, kiosk.rate_hz))
            start = max(0, round(at_s * kiosk.rate_hz))
            count = min(len(samples), len(mixed) - start)
            if count > 0:
                mixed[start : start + count] += samples[:count]
        wav = WavWriter(self.folder / "conversation.wav", kiosk.rate_hz)
        wav.write(np.clip(mixed, -32768, 32767).astype("<i2").tobytes())
        wav.close()

    def write(self) -> int:
        """Write transcript and times, say where they are; 0 if there was a conversation, else 1."""
        transcript, table = self._transcript(), self._table()
        (self.folder / "transcript.txt").write_text(transcript, encoding="utf-8")
        (self.folder / "latency.txt").write_text(table, encoding="utf-8")
        with (self.folder / "turns.jsonl").open("w", encoding="utf-8") as lines:
            for turn in self._turns:
                lines.write(json.dumps(_as_json(turn), ensure_ascii=False) + "\n")
        print(f"{transcript}\n{table}\nwritten to {self.folder}")  # noqa: T201 - the command's result
        return 0 if any(turn.spoken for turn in self._turns) else 1

    def _transcript(self) -> str:
        lines = [f"({remark})" for remark in self._remarks]
        for turn in self._turns:
            lines.append(f"Customer: {turn.heard}")
            lines.append(f"Kiosk:    {turn.spoken}{' -- (interrupted)' if turn.interrupted else ''}")
        return "\n".join(lines) + "\n"

    def _table(self) -> str:
        widths = [max(8, len(stage.value)) for stage in _STAGES]
        rows = ["turn  " + "  ".join(stage.value.rjust(width) for stage, width in zip(_STAGES, widths, strict=True))]
        for number, turn in enumerate(self._turns, start=1):
            cells = (f"{turn.timings_ms[s]:.0f}" if s in turn.timings_ms else "-" for s in _STAGES)
            rows.append(
                f"{number:4}  " + "  ".join(cell.rjust(width) for cell, width in zip(cells, widths, strict=True))
            )
        return "\n".join(rows) + "\n(milliseconds)\n"


def _as_json(turn: TurnFinished) -> dict[str, object]:
    return {
        "heard": turn.heard,
        "answer": turn.answer,
        "spoken": turn.spoken,
        "products": list(turn.products),
        "facts": list(turn.facts),
        "timings_ms": {stage: round(ms, 1) for stage, ms in turn.timings_ms.items()},
        "interrupted": turn.interrupted,
    }
