"""A microphone that does not hear the kiosk itself."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing

from holo_app.audio.echo import EchoStage
from holo_app.ports.microphone import CaptureEvent, MicFrame, Microphone


class EchoFreeMicrophone:
    """`ports.microphone.Microphone`: another one, less what the stage was told that the speaker plays."""

    def __init__(self, microphone: Microphone, stage: EchoStage) -> None:
        self._microphone = microphone
        self._stage = stage

    async def frames(self) -> AsyncGenerator[CaptureEvent]:
        async with aclosing(self._microphone.frames()) as events:
            async for event in events:
                if isinstance(event, MicFrame):
                    clean = self._stage.cleaned(event)
                    if clean is not None:
                        yield clean
                else:
                    # another device, or the same one after a gap: its delay is another
                    self._stage.reset()
                    yield event

    async def aclose(self) -> None:
        await self._microphone.aclose()
