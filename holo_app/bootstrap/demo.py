"""`holo-app demo`: a recorded customer talks to the real kiosk, on the screen where there is one; all of it is written down."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import structlog

from holo_app.audio.files import WavMicrophone, WavSpeaker
from holo_app.audio.pacing import StartGate
from holo_app.bootstrap.clock import SystemClock
from holo_app.bootstrap.demo_customer import DemoCustomer, demo_lines
from holo_app.bootstrap.demo_report import DemoReport
from holo_app.bootstrap.devices import Devices, PlaybackClock
from holo_app.bootstrap.engine import voice_loop
from holo_app.bootstrap.shop import TalkingShop, open_shop_to_talk
from holo_app.config import Settings
from holo_app.dialogue.loop import VoiceLoop
from holo_app.dialogue.notices import Notice, StateChanged
from holo_app.domain.kiosk import KioskState
from holo_app.domain.speech import Viseme
from holo_app.errors import DeviceError, InputError

log = structlog.get_logger(__name__)

_LONGEST_S = 180.0
_MOUTH_OPEN_S = 0.9
_SILENCE_AFTER_S = 3.0
_PICTURE_SIZE = (1080, 1920)

Connect = Callable[[VoiceLoop, Callable[[], float]], None]


def run_demo(settings: Settings, *, out: Path, mic: Path | None) -> int:
    """Hold the conversation and write picture, sound, transcript and times to `out`. Returns the exit code.

    mic: a recording to use instead of the demo's own customer. Raises: InputError: a file cannot be read or written.
    """
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"the folder {out} cannot be made: {error.strerror}") from None
    shop = open_shop_to_talk(settings)
    report = DemoReport(out)
    demo = _Demo(settings, shop, report, mic)
    try:
        if os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"):
            from holo_app.bootstrap.demo_window import show_demo  # noqa: PLC0415 - Qt only where there is a screen

            show_demo(settings, shop, demo.hold, report)
        else:
            asyncio.run(demo.hold(lambda _: None, lambda _loop, _position_s: None))
            _draw(settings, report)
    finally:
        shop.store.close()
    return report.write()


class _Demo:
    """The conversation itself, for whichever loop runs it."""

    def __init__(self, settings: Settings, shop: TalkingShop, report: DemoReport, mic: Path | None) -> None:
        self._settings = settings
        self._shop = shop
        self._report = report
        self._mic = mic
        self._pictured = False

    async def hold(self, watch: Callable[[Notice], None], connect: Connect) -> None:
        """From the first word to the last. watch: sees every notice; connect: is given the loop once it is loaded."""
        clock = SystemClock()
        gate = StartGate(clock)
        speaker = WavSpeaker(self._report.kiosk_wav, clock, gate=gate)
        customer = None if self._mic else DemoCustomer(demo_lines(), clock)
        microphone = (
            customer.microphone
            if customer
            else WavMicrophone(self._mic or Path(), clock, gate=gate, silence_after_s=_SILENCE_AFTER_S)
        )

        def publish(notice: Notice) -> None:
            self._report.take(notice)
            if customer is not None:
                customer.notice(notice)
            if notice == StateChanged(KioskState.SPEAKING) and not self._pictured:
                self._pictured = True
                asyncio.get_running_loop().call_later(_MOUTH_OPEN_S, self._report.picture_wanted.set)
            watch(notice)

        lips = PlaybackClock(speaker, clock)
        devices = Devices(microphone, speaker)
        async with lips.running(), voice_loop(self._settings, self._shop, devices, publish, clock) as loop:
            connect(loop, lips.position_s)
            offset_s = gate.open()
            with suppress(TimeoutError):
                async with asyncio.timeout(_LONGEST_S):
                    await _until_gone(loop, customer)
        if customer is not None:
            began_at = clock.monotonic() - customer.microphone.now_s - offset_s
            self._report.customer_said([(sound.at_s + began_at, sound.audio) for sound in customer.said])


async def _until_gone(loop: VoiceLoop, customer: DemoCustomer | None) -> None:
    """Run the loop until the recording ends or the customer has left."""
    running = asyncio.create_task(loop.run())
    leaving = asyncio.create_task(customer.gone.wait() if customer else asyncio.Event().wait())
    try:
        await asyncio.wait({running, leaving}, return_when=asyncio.FIRST_COMPLETED)
        if running.done():
            running.result()
    finally:
        for task in (running, leaving):
            task.cancel()
        await asyncio.gather(running, leaving, return_exceptions=True)


def _draw(settings: Settings, report: DemoReport) -> None:
    """Without a screen: the figure in mid-word."""
    from holo_app.bootstrap.rendering import Portrait, render_picture  # noqa: PLC0415 - numpy and moderngl

    try:
        report.picture = render_picture(settings, report.picture, _PICTURE_SIZE, Portrait(Viseme.AA))
    except (DeviceError, InputError) as error:
        log.warning("demo_without_picture", reason=str(error))
        report.remark(f"no picture: {error}")
