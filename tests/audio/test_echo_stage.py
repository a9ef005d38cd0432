"""The speaker's and the microphone's sound meet in a canceller, each echo shortly after its sound."""

from __future__ import annotations

import numpy as np
import pytest

from holo_app.audio.echo import EchoStage
from holo_app.audio.mixer import Mixer
from holo_app.bootstrap.substitutes import NoEcho
from holo_app.domain.audio import CAPTURE_RATE_HZ, AudioChunk
from holo_app.errors import ProviderError
from holo_app.ports.echo import ECHO_REACH_S, EchoCanceller
from holo_app.ports.microphone import MicFrame
from holo_app.providers.speex.echo import SpeexEcho
from tests.fakes.echo_stream import Devices
from tests.fakes.rooms import SHOP, EchoPath, Floats
from tests.fakes.sounds import loudness_db, pcm, voice


def known(stage: EchoStage) -> bool:
    return stage.lateness_s is not None


class Witness:
    """A canceller that writes down what it is given."""

    def __init__(self) -> None:
        self.far: list[bytes] = []
        self.near: list[bytes] = []
        self.resets = 0

    def played(self, frame: bytes) -> None:
        self.far.append(frame)

    def cleaned(self, frame: bytes) -> bytes:
        self.near.append(frame)
        return frame

    def reset(self) -> None:
        self.resets += 1

    def lag_s(self, seconds: float) -> float:
        """How much later than in the far stream the sound is in the near one, at the end."""
        count = round(seconds * CAPTURE_RATE_HZ)
        far, near = (np.frombuffer(b"".join(side), "<i2").astype(float)[-count:] for side in (self.far, self.near))
        cross = np.fft.irfft(np.fft.rfft(near, 2 * count) * np.conj(np.fft.rfft(far, 2 * count)), 2 * count)
        lag = int(np.argmax(cross))
        return (lag if lag < count else lag - 2 * count) / CAPTURE_RATE_HZ


def speexdsp() -> EchoCanceller:
    try:
        return SpeexEcho()
    except ProviderError as error:
        pytest.skip(str(error))


@pytest.mark.parametrize("lateness_s", [-0.05, 0.0, 0.02, 0.12, 0.28])
def test_wherever_the_echo_is_the_canceller_gets_it_shortly_after_its_sound(lateness_s: float) -> None:
    sound = voice(9)
    late = round(lateness_s * CAPTURE_RATE_HZ)
    heard = np.roll(sound, late) * 0.3
    witness = Witness()
    stage = EchoStage(witness)
    # a driver that claims too much: the block is heard before the stamp says so
    Devices(rendered_ahead_s=0.1).run(stage, sound, heard)

    assert stage.lateness_s == pytest.approx(lateness_s, abs=0.008)
    assert 0 <= witness.lag_s(2) < ECHO_REACH_S / 2


@pytest.mark.parametrize("drift_ppm", [-2000.0, 2000.0])
def test_clocks_that_drift_apart_are_kept_together(drift_ppm: float) -> None:
    # twenty times what clocks do, so that 80 ms come together within the test
    sound = voice(40)
    heard = EchoPath(SHOP, 0.12, drift_ppm=drift_ppm).echo(sound)
    witness = Witness()
    Devices(drift_ppm=drift_ppm).run(EchoStage(witness), sound, heard)

    assert 0 <= witness.lag_s(2) < ECHO_REACH_S / 2


def test_the_echo_goes_and_the_customer_stays() -> None:
    sound = voice(14)
    echo = 0.3 * EchoPath(SHOP, 0.15, drift_ppm=50).echo(sound)
    customer = np.zeros(len(sound))
    customer[-2 * CAPTURE_RATE_HZ :] = 0.2 * voice(2, faster=1.25)
    clean = Devices(drift_ppm=50).run(EchoStage(speexdsp()), sound, echo + customer)

    before = slice(9 * CAPTURE_RATE_HZ, 12 * CAPTURE_RATE_HZ)
    after = slice(-2 * CAPTURE_RATE_HZ, None)
    assert loudness_db(clean[before]) < loudness_db(echo[before]) - 15
    assert loudness_db(clean[after]) == pytest.approx(loudness_db(customer[after]), abs=3)


def test_frames_come_out_as_they_went_in_while_nothing_is_played() -> None:
    stage = EchoStage(NoEcho())
    sound = 0.2 * voice(1)
    assert np.array_equal(Devices().run(stage, np.zeros(0), sound), np.frombuffer(pcm(sound), "<i2") / 32768)


def test_odd_lengths_wait_for_the_next_frame_and_keep_their_time() -> None:
    stage = EchoStage(NoEcho())

    assert stage.cleaned(MicFrame(AudioChunk(bytes(2 * 100)), 5.0)) is None
    first = stage.cleaned(MicFrame(AudioChunk(bytes(2 * 380)), 5.0 + 380 / CAPTURE_RATE_HZ))
    assert first is not None
    assert first.audio.samples == 480
    assert first.captured_at == pytest.approx(5.0 + 380 / CAPTURE_RATE_HZ)
    second = stage.cleaned(MicFrame(AudioChunk(bytes(2 * 200)), 6.0))
    assert second is not None
    assert second.audio.samples == 160
    assert second.captured_at == pytest.approx(6.0 - 40 / CAPTURE_RATE_HZ)


def test_another_rate_than_the_microphones_is_refused() -> None:
    with pytest.raises(ValueError, match="16000 Hz"):
        EchoStage(NoEcho()).cleaned(MicFrame(AudioChunk(bytes(640), 48_000), 1.0))


def test_after_a_reset_the_delay_is_sought_anew() -> None:
    witness = Witness()
    stage = EchoStage(witness)
    sound = voice(6)
    Devices().run(stage, sound, 0.3 * EchoPath(SHOP, 0.1).echo(sound))
    assert known(stage)
    stage.reset()
    stage.cleaned(MicFrame(AudioChunk(bytes(640)), 7.0))

    assert (witness.resets, known(stage)) == (1, False)


def test_it_takes_what_a_mixer_renders_at_the_speakers_rate() -> None:
    sound, ahead_s = voice(7), 0.04
    mixer = Mixer(48_000)
    mixer.queue(AudioChunk(pcm(sound)))
    mixer.flush()
    heard = heard_of_mixer(0.3 * EchoPath(SHOP, 0.06).echo(sound), witness := Witness(), mixer, ahead_s)

    assert heard.lateness_s == pytest.approx(0.06, abs=0.008)
    assert 0 <= witness.lag_s(2) < ECHO_REACH_S / 2


def heard_of_mixer(heard: Floats, witness: Witness, mixer: Mixer, ahead_s: float) -> EchoStage:
    stage, near = EchoStage(witness), pcm(heard)
    block = np.zeros(480, np.int16)
    for tick in range(len(heard) // 160):
        now = 50.0 + tick * 0.01
        mixer.render(block, now + ahead_s)
        stage.played(block, mixer.rate_hz, now + ahead_s)
        late = round(ahead_s * CAPTURE_RATE_HZ)
        start = 2 * (160 * tick - late)
        stage.cleaned(MicFrame(AudioChunk(near[start : start + 320] if start >= 0 else bytes(320)), now + 0.01))
    return stage


def test_until_the_canceller_has_learnt_the_frames_say_so() -> None:
    sound = voice(9)
    stage = EchoStage(NoEcho())
    told: list[bool] = []
    heard = np.roll(sound, round(0.12 * CAPTURE_RATE_HZ)) * 0.3
    near = pcm(heard)
    far = np.frombuffer(pcm(sound), "<i2")
    for index in range(len(near) // 640):
        at = 50.0 + (index + 1) * 0.02
        stage.played(far[320 * index : 320 * (index + 1)], CAPTURE_RATE_HZ, at - 0.02)
        frame = stage.cleaned(MicFrame(AudioChunk(near[640 * index : 640 * (index + 1)]), at))
        assert frame is not None
        told.append(frame.settled)
        if index == 100:
            assert frame.own_dbfs > -40
    assert not told[100]
    assert told[-1]
    stage.reset()
    assert not stage.settled
