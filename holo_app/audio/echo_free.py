"""A microphone that does not hear the kiosk."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing

from holo_app.audio.echo import EchoStage
from holo_app.ports.microphone import CaptureEvent, MicFrame, Microphone


class EchoFreeMicrophone:
    """`ports.microphone.Microphone` over another one: its frames with the echo taken out, its news as they are.

    The stage must be told of what the speaker plays by whoever plays it. It starts anew when the microphone is lost or back.
    """

    def __init__(self, microphone: Microphone, stage: EchoStage) -> None:
        self._microphone = microphone
        self._stage = stage

    async def frames(self) -> AsyncGenerator[CaptureEvent]:
        async with aclosing(self._microphone.frames()) as events:
            async for event in events:
                if not isinstance(event, MicFrame):
                    self._stage.reset()
                    yield event
                elif (clean := self._stage.cleaned(event)) is not None:
                    yield clean

    async def aclose(self) -> None:
        await self._microphone.aclose()
