"""The delay of an echo is found from its sound."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from holo_app.audio.echo_delay import LONGEST_DELAY_S, EchoDelay
from holo_app.domain.audio import CAPTURE_RATE_HZ
from tests.fakes.rooms import BOOTH, HALL, ROOMS, SHOP, EchoPath, Floats, Room
from tests.fakes.sounds import pcm, voice

SECONDS = 12.0
CLOSE_S = 0.008
NOISE = np.random.default_rng(2).normal(0, 0.0005, round(SECONDS * CAPTURE_RATE_HZ))


@cache
def kiosk() -> Floats:
    return voice(SECONDS)


@cache
def customer() -> Floats:
    """Another voice, other words at any moment."""
    return np.roll(voice(SECONDS, faster=1.25), 21_000)


def findings(played: Floats, heard: Floats, *, piece: int = 320) -> list[float | None]:
    """What the estimator says after each piece."""
    delay = EchoDelay()
    far, near = pcm(played), pcm(heard)
    found = []
    for start in range(0, len(far), 2 * piece):
        delay.push(far[start : start + 2 * piece], near[start : start + 2 * piece])
        found.append(delay.delay_s)
    return found


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.name)
@pytest.mark.parametrize("delay_s", [0.0, 0.02, 0.12, 0.25, 0.39])
def test_the_delay_is_found_within_six_seconds_and_kept(room: Room, delay_s: float) -> None:
    found = findings(kiosk(), 0.3 * EchoPath(room, delay_s).echo(kiosk()) + NOISE)

    assert found[round(6 / 0.02)] is not None
    assert all(one == pytest.approx(delay_s, abs=CLOSE_S) for one in found if one is not None)


@pytest.mark.parametrize("drift_ppm", [-100, 100])
@pytest.mark.parametrize("echo_db", [0, 6])
def test_neither_a_customer_who_talks_all_the_time_nor_drift_mislead_it(drift_ppm: float, echo_db: float) -> None:
    echo = EchoPath(SHOP, 0.15, drift_ppm=drift_ppm).echo(kiosk())
    near = customer() * np.std(echo) / np.std(customer())
    found = findings(kiosk(), 0.3 * (10 ** (echo_db / 20) * echo + near) + NOISE)

    assert found[-1] == pytest.approx(0.15, abs=CLOSE_S)


def test_without_an_echo_it_is_never_sure() -> None:
    assert set(findings(kiosk(), 0.3 * customer())) == {None}
    assert set(findings(kiosk(), NOISE)) == {None}
    assert set(findings(np.zeros(len(NOISE)), 0.3 * customer())) == {None}
    assert set(findings(kiosk(), np.zeros(len(NOISE)))) == {None}


def test_a_delay_that_jumps_is_followed() -> None:
    far = np.tile(kiosk(), 2)
    before, after = (0.3 * EchoPath(BOOTH, delay_s).echo(far) for delay_s in (0.08, 0.2))
    half = len(far) // 2
    found = findings(far, np.concatenate([before[:half], after[half:]]))

    assert found[half // 320 - 1] == pytest.approx(0.08, abs=CLOSE_S)
    assert found[-1] == pytest.approx(0.2, abs=CLOSE_S)


def test_silence_changes_nothing_and_a_reset_forgets() -> None:
    delay = EchoDelay()
    delay.push(pcm(kiosk()), pcm(0.3 * EchoPath(HALL, 0.1).echo(kiosk())))
    found = delay.delay_s
    delay.push(bytes(320_000), bytes(320_000))

    assert found == delay.delay_s == pytest.approx(0.1, abs=CLOSE_S)
    delay.reset()
    assert delay.delay_s is None


@settings(max_examples=12, deadline=None)
@given(late=st.integers(0, round(LONGEST_DELAY_S * CAPTURE_RATE_HZ) - 200), piece=st.integers(50, 3000))
def test_any_delay_is_found_to_the_sample_where_nothing_disturbs_however_the_sound_is_cut(
    late: int, piece: int
) -> None:
    far = kiosk()[: 5 * CAPTURE_RATE_HZ]
    found = findings(far, 0.5 * np.append(np.zeros(late), far)[: len(far)], piece=piece)

    assert found[-1] == pytest.approx(late / CAPTURE_RATE_HZ, abs=2 / CAPTURE_RATE_HZ)


def test_streams_out_of_step_are_refused() -> None:
    with pytest.raises(ValueError, match="in step"):
        EchoDelay().push(bytes(320), bytes(322))
