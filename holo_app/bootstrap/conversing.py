"""`holo-app converse`: a recording as the microphone, in real time, through the very loop that customers talk to."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from holo_app.audio.files import WavMicrophone, WavSpeaker
from holo_app.audio.pacing import StartGate
from holo_app.bootstrap.clock import SystemClock
from holo_app.bootstrap.devices import Devices
from holo_app.bootstrap.engine import voice_loop
from holo_app.bootstrap.shop import TalkingShop, open_shop_to_talk
from holo_app.config import Settings
from holo_app.dialogue.loop import Step
from holo_app.dialogue.notices import Notice, TurnFinished
from holo_app.dialogue.trace import Trace
from holo_app.errors import InputError

TurnReport = TurnFinished

_ROOM_SILENCE_S = 2.5


def converse(
    settings: Settings,
    mic: Path,
    speaker: Path | None,
    on_turn: Callable[[TurnReport], None],
    trace_file: Path | None = None,
) -> None:
    """Hold one conversation and return when the last answer was said.

    speaker: where to write what the kiosk says; it begins at the instant at which the recording begins. trace_file: where to
    write what the turn engine was told and decided.
    Raises: InputError: the recording cannot be read, or a file cannot be written. StorageError.
    """
    with ExitStack() as stack:
        shop = open_shop_to_talk(settings)
        stack.callback(shop.store.close)
        if speaker is None:
            speaker = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="holo-"))) / "speaker.wav"
        trace = None if trace_file is None else _trace_into(stack.enter_context(_opened(trace_file)))
        asyncio.run(_Conversation(settings, shop, on_turn, trace).hold(mic, speaker))


def _opened(path: Path) -> TextIO:
    try:
        return path.open("w", encoding="utf-8")
    except OSError as error:
        raise InputError(f"{path} cannot be written: {error.strerror}") from error


def _trace_into(file: TextIO) -> Step:
    return Trace(lambda line: print(line, file=file, flush=True)).step


@dataclass(frozen=True, slots=True)
class _Conversation:
    settings: Settings
    shop: TalkingShop
    on_turn: Callable[[TurnReport], None]
    trace: Step | None

    async def hold(self, mic: Path, speaker: Path) -> None:
        clock = SystemClock()
        gate = StartGate(clock)
        microphone = WavMicrophone(mic, clock, gate=gate, silence_after_s=_ROOM_SILENCE_S)
        devices = Devices(microphone, WavSpeaker(speaker, clock, gate=gate))
        async with voice_loop(self.settings, self.shop, devices, self._publish, clock, trace=self.trace) as loop:
            gate.open()
            await loop.run()

    def _publish(self, notice: Notice) -> None:
        if isinstance(notice, TurnFinished):
            self.on_turn(notice)
