from __future__ import annotations

from holo_app.audio.echo import EchoStage
from holo_app.audio.echo_free import EchoFreeMicrophone
from holo_app.audio.virtual import Outage, Sound, VirtualMicrophone
from holo_app.bootstrap.substitutes import NoEcho
from holo_app.domain.audio import AudioChunk
from holo_app.ports.microphone import DeviceBack, DeviceLost, MicFrame
from tests.fakes.sounds import pcm, voice
from tests.fakes.virtual_time import VirtualClock, virtual_time


class Halving(NoEcho):
    """Leaves half of what is heard, and counts its resets."""

    resets = 0

    def cleaned(self, frame: bytes) -> bytes:
        return frame[: len(frame) // 2] + bytes(len(frame) // 2)

    def reset(self) -> None:
        self.resets += 1


@virtual_time
async def test_frames_are_cleaned_and_keep_their_time_and_news_start_the_stage_anew() -> None:
    halving = Halving()
    heard = AudioChunk(pcm(0.3 * voice(1)))
    source = VirtualMicrophone(VirtualClock(), [Sound(0.0, heard), Outage(0.4, 0.2)], ends_at_s=1.0)
    microphone = EchoFreeMicrophone(source, EchoStage(halving))
    events = [event async for event in microphone.frames()]
    await microphone.aclose()

    frames = [event for event in events if isinstance(event, MicFrame)]
    assert [type(event) for event in events if not isinstance(event, MicFrame)] == [DeviceLost, DeviceBack]
    assert halving.resets == 2
    assert abs(frames[9].captured_at - 0.2) < 1e-6
    assert frames[9].audio.pcm == b"".join(
        heard.pcm[start : start + 160] + bytes(160) for start in (9 * 640, 9 * 640 + 320)
    )
