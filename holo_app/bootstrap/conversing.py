"""`holo-app converse`: a recording as the microphone, in real time, through the very loop that customers talk to."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Callable
from pathlib import Path

from holo_app.audio.files import WavMicrophone, WavSpeaker
from holo_app.audio.pacing import StartGate
from holo_app.bootstrap.clock import SystemClock
from holo_app.bootstrap.devices import Devices
from holo_app.bootstrap.engine import voice_loop
from holo_app.bootstrap.shop import TalkingShop, open_shop_to_talk
from holo_app.config import Settings
from holo_app.dialogue.notices import Notice, TurnFinished

TurnReport = TurnFinished

_ROOM_SILENCE_S = 2.5


def converse(settings: Settings, mic: Path, speaker: Path | None, on_turn: Callable[[TurnReport], None]) -> None:
    """Hold one conversation and return when the last answer was said.

    speaker: where to write what the kiosk says; it begins at the instant at which the recording begins.
    Raises: InputError: the recording cannot be read. StorageError.
    """
    shop = open_shop_to_talk(settings)
    try:
        with tempfile.TemporaryDirectory(prefix="holo-") as folder:
            asyncio.run(_converse(settings, shop, mic, speaker or Path(folder) / "speaker.wav", on_turn))
    finally:
        shop.store.close()


async def _converse(
    settings: Settings, shop: TalkingShop, mic: Path, speaker: Path, on_turn: Callable[[TurnReport], None]
) -> None:
    def publish(notice: Notice) -> None:
        if isinstance(notice, TurnFinished):
            on_turn(notice)

    clock = SystemClock()
    gate = StartGate(clock)
    microphone = WavMicrophone(mic, clock, gate=gate, silence_after_s=_ROOM_SILENCE_S)
    devices = Devices(microphone, WavSpeaker(speaker, clock, gate=gate))
    async with voice_loop(settings, shop, devices, publish, clock) as loop:
        gate.open()
        await loop.run()
