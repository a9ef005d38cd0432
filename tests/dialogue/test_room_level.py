"""What stands out of the room, and of the kiosk's own echo."""

from __future__ import annotations

import random
from array import array

import pytest

from holo_app.dialogue.addressee import AddresseePolicy, Audience, Evidence
from holo_app.dialogue.ear import Ear
from holo_app.dialogue.echo_residue import EchoResidue
from holo_app.dialogue.room_level import RoomLevel, dbfs, power_of
from holo_app.domain.audio import CAPTURE_RATE_HZ, AudioChunk
from holo_app.ports.microphone import MicFrame

FRAME = 512
FRAME_S = FRAME / CAPTURE_RATE_HZ


def noise(level_dbfs: float, samples: int = FRAME, seed: int = 1) -> bytes:
    rng = random.Random(seed)  # noqa: S311 - noise, no secret
    rms = 32768 * 10 ** (level_dbfs / 20)
    return array("h", (round(max(-32768, min(32767, rng.gauss(0, rms)))) for _ in range(samples))).tobytes()


class Chatter:
    """A detector that takes every sound for a voice."""

    frame_samples = FRAME

    def probability(self, frame: bytes) -> float:
        return 0.9 if power_of(frame) else 0.0

    def reset(self) -> None:
        """Nothing is remembered."""


def test_levels() -> None:
    assert dbfs(power_of(noise(-20.0, 16000))) == pytest.approx(-20.0, abs=0.2)
    assert dbfs(power_of(b"")) == -100.0


def test_the_room_is_what_sounds_while_nobody_speaks() -> None:
    room = RoomLevel(FRAME_S)
    for index in range(400):
        # words of 0.6 s with gaps of 0.4 s over a steady noise
        room.push(noise(-15.0 if index % 31 < 19 else -40.0, seed=index))
    assert room.room_dbfs == pytest.approx(-40.0, abs=1.5)


def test_a_room_that_is_not_known_yet_counts_as_quiet() -> None:
    room = RoomLevel(FRAME_S)
    for index in range(round(3.9 / FRAME_S)):
        room.push(noise(-20.0, seed=index))
    assert room.room_dbfs == -65.0
    assert room.level_dbfs == pytest.approx(-20.0, abs=1.0)


def test_what_begins_suddenly_and_lasts_is_the_room_after_four_seconds() -> None:
    room = RoomLevel(FRAME_S)
    for index in range(round(20 / FRAME_S)):
        room.push(noise(-60.0, seed=index))
    for index in range(round(4.1 / FRAME_S)):
        room.push(noise(-25.0, seed=index))
    assert room.room_dbfs > -30.0
    room.forget()
    assert room.room_dbfs == -65.0


def heard(ear: Ear, level_dbfs: float, seconds: float, own_dbfs: float = -100.0) -> list[float]:
    """The probabilities that the engine is told."""
    told = []
    for index in range(round(seconds / 0.02)):
        frame = MicFrame(AudioChunk(noise(level_dbfs, 320, index)), index * 0.02, own_dbfs)
        told += [scored.probability for scored in ear.push(frame)]
    return told


def test_a_murmur_in_a_noisy_room_is_no_voice_and_somebody_near_is() -> None:
    ear = Ear(Chatter())
    heard(ear, -35.0, 10.0)
    assert set(heard(ear, -32.0, 0.5)) == {0.0}
    assert heard(ear, -20.0, 0.5)[-1] == 0.9


def test_what_is_left_of_the_kiosks_own_voice_is_no_voice() -> None:
    ear = Ear(Chatter())
    heard(ear, -60.0, 5.0)
    assert set(heard(ear, -45.0, 3.0, own_dbfs=-15.0)) == {0.0}
    assert 0.9 in heard(ear, -20.0, 0.3, own_dbfs=-15.0)
    # and when it is silent, nothing is held against a quiet customer
    heard(ear, -60.0, 1.0)
    assert heard(ear, -45.0, 0.3)[-1] == 0.9


def test_another_device_has_another_echo() -> None:
    residue = EchoResidue(FRAME_S)
    for _ in range(300):
        residue.least_dbfs(-50.0, -15.0)
    assert residue.least_dbfs(-50.0, -15.0) == pytest.approx(-41.0)
    assert residue.least_dbfs(-50.0, -15.0, settled=False) == float("inf")
    assert residue.least_dbfs(-50.0, -15.0) == float("inf")
    assert residue.least_dbfs(-50.0, -70.0) == float("-inf")


@pytest.mark.parametrize(
    ("evidence", "addressed"),
    [
        (Evidence(25.0), True),
        (Evidence(10.0), False),
        (Evidence(10.0, invited=True), True),
        (Evidence(5.0, invited=True), False),
        (Evidence(25.0, present=False), False),
        (Evidence(25.0, present=True, facing=False), False),
        (Evidence(25.0, present=True, facing=True), True),
        (Evidence(25.0, invited=True, present=True, facing=False), True),
    ],
)
def test_who_is_meant(evidence: Evidence, addressed: bool) -> None:
    assert AddresseePolicy().addressed(evidence) is addressed


def test_an_audience_knows_the_room() -> None:
    audience = Audience(AddresseePolicy())
    audience.room_dbfs = -40.0
    assert audience.addressed_by(-20.0, invited=False)
    assert not audience.addressed_by(-35.0, invited=False)


def test_who_interrupts_is_about_as_loud_as_who_asked() -> None:
    audience = Audience(AddresseePolicy())
    audience.room_dbfs = -65.0
    assert audience.addressed_by(-44.0, invited=False, speaking=True)
    audience.answered(-22.0)
    assert not audience.addressed_by(-44.0, invited=False, speaking=True)
    assert audience.addressed_by(-44.0, invited=False)
    assert audience.addressed_by(-44.0, invited=True, speaking=True)
    assert audience.addressed_by(-30.0, invited=False, speaking=True)
    # a customer who steps back is understood after a question or two
    audience.answered(-38.0)
    assert audience.addressed_by(-40.0, invited=False, speaking=True)
    audience.answered(-20.0)
    audience.left()
    assert audience.addressed_by(-44.0, invited=False, speaking=True)
