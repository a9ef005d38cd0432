"""The mixer: what is heard, sample by sample, and what the timeline says of it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from holo_app.audio.mixer import FADE_S, Mixer
from holo_app.audio.resample import Samples, StreamResampler, resampled, samples_of
from holo_app.domain.audio import AudioChunk

RATE = 16_000
FADE = round(FADE_S * RATE)


def level(value: int, count: int, rate_hz: int = RATE) -> AudioChunk:
    return AudioChunk(np.full(count, value, dtype="<i2").tobytes(), rate_hz)


class Player:
    """Renders block after block at the times a device would."""

    def __init__(self, mixer: Mixer) -> None:
        self.mixer = mixer
        self.now = 0.0

    def play(self, count: int) -> Samples:
        out = np.full(count, 99, dtype=np.int16)
        self.mixer.render(out, self.now)
        self.now += count / self.mixer.rate_hz
        return out

    @property
    def position(self) -> float:
        return self.mixer.position_s(self.now)


@pytest.fixture
def player() -> Player:
    return Player(Mixer(RATE))


def test_pieces_come_out_in_order_and_silence_after_them(player: Player) -> None:
    player.mixer.queue(level(1, 100))
    player.mixer.queue(level(2, 50))
    out = player.play(200)
    assert out.tolist() == [1] * 100 + [2] * 50 + [0] * 50
    assert player.position == player.mixer.end_s == 150 / RATE


def test_an_underrun_does_not_count(player: Player) -> None:
    player.mixer.queue(level(1, 100))
    player.play(300)
    player.mixer.queue(level(2, 100))
    player.play(50)
    assert player.position == pytest.approx(150 / RATE)


def test_the_position_runs_between_two_blocks_and_respects_the_delay_of_the_device() -> None:
    mixer = Mixer(RATE)
    mixer.queue(level(1, 1600))
    mixer.render(np.empty(800, dtype=np.int16), 10.0)
    assert mixer.position_s(9.99) == 0
    assert mixer.position_s(10.02) == pytest.approx(0.02)
    assert mixer.position_s(10.9) == pytest.approx(0.05)


def test_stopping_fades_and_then_plays_the_next_piece_at_full_loudness(player: Player) -> None:
    player.mixer.queue(level(10_000, 1000))
    player.play(100)
    assert player.mixer.stop() == (100 + FADE) / RATE
    player.mixer.queue(level(7000, 100))
    out = player.play(FADE + 100)
    assert np.all(np.diff(out[:FADE]) < 0)
    assert out[FADE - 1] == 0
    assert set(out[FADE:]) == {7000}
    assert player.position == player.mixer.end_s


def test_stopping_near_the_end_fades_only_what_is_left(player: Player) -> None:
    player.mixer.queue(level(10_000, 105))
    player.play(100)
    assert player.mixer.stop() == 105 / RATE
    player.mixer.queue(level(5000, 10))
    out = player.play(20)
    assert np.all(out[:5] < 10_000)
    assert out[5:].tolist() == [5000] * 10 + [0] * 5


def test_a_pause_fades_out_and_goes_on_at_the_same_sample(player: Player) -> None:
    ramp = AudioChunk(np.arange(1000, 3000, dtype="<i2").tobytes())
    player.mixer.queue(ramp)
    player.play(100)
    player.mixer.hold(held=True)
    faded = player.play(400)
    assert not faded[FADE:].any()
    held_at = player.position
    player.play(1000)
    assert player.position == held_at == (100 + FADE) / RATE
    player.mixer.hold(held=False)
    risen = player.play(400)
    assert risen[FADE:].tolist() == list(range(1000 + 100 + 2 * FADE, 1000 + 100 + FADE + 400))


def test_a_pause_taken_back_at_once_loses_nothing(player: Player) -> None:
    player.mixer.queue(level(10_000, 1000))
    player.mixer.hold(held=True)
    player.play(FADE // 2)
    player.mixer.hold(held=False)
    player.play(1000)
    assert player.position == player.mixer.end_s


def test_loudness_changes_in_a_straight_line(player: Player) -> None:
    player.mixer.queue(level(10_000, 2000))
    player.mixer.set_gain_db(-20, 0.05)
    out = player.play(1000)
    assert np.all(np.abs(np.diff(out[:800]) + 11.25) <= 1)
    assert set(out[800:]) == {1000}


def test_too_loud_is_clipped_and_not_wrapped(player: Player) -> None:
    player.mixer.set_gain_db(6, 0)
    player.mixer.queue(level(30_000, 100))
    player.mixer.queue(level(-30_000, 100))
    out = player.play(200)
    assert out.max() == 32_767
    assert out.min() == -32_768


@pytest.mark.parametrize(("in_hz", "out_hz"), [(22_050, 48_000), (16_000, 44_100), (48_000, 16_000), (8000, 8000)])
def test_resampling_neither_gains_nor_loses_a_sample(in_hz: int, out_hz: int) -> None:
    stream, came = StreamResampler(in_hz, out_hz), 0
    for size in (1, 441, 0, 7, 1000):
        came += len(stream.push(np.zeros(size, dtype=np.int16)))
        assert came <= stream.expected
    assert came + len(stream.finish()) == stream.expected == round(1449 * out_hz / in_hz)


def test_resampling_keeps_sound_in_its_place() -> None:
    click = np.zeros(22_050, dtype="<i2")
    click[11_025] = 20_000
    there = samples_of(resampled(AudioChunk(click.tobytes(), 22_050), 48_000))
    assert abs(int(np.argmax(np.abs(there))) - 24_000) <= 1


def test_a_stream_in_pieces_sounds_like_the_whole(player: Player) -> None:
    wave = (np.sin(np.arange(22_050) / 9) * 9000).astype("<i2")
    for piece in np.array_split(wave, 13):
        player.mixer.queue(AudioChunk(piece.tobytes(), 22_050))
    player.mixer.flush()
    whole = samples_of(resampled(AudioChunk(wave.tobytes(), 22_050), RATE))
    assert np.max(np.abs(player.play(RATE).astype(int) - whole)) <= 3  # soxr dithers


def test_the_tail_of_a_run_is_let_out_before_another_rate_comes(player: Player) -> None:
    player.mixer.queue(level(5000, 2205, 22_050))
    start = player.mixer.queue(level(7000, 160))
    assert start == pytest.approx(0.1)
    out = player.play(2000)
    assert out[1600:1760].tolist() == [7000] * 160
    assert player.position == player.mixer.end_s


def test_what_is_unheard_moves_to_another_device(player: Player) -> None:
    player.mixer.queue(level(1, 100))
    player.mixer.queue(level(2, 100))
    player.play(150)
    rest = player.mixer.unheard()
    assert samples_of(rest).tolist() == [2] * 50


@given(st.lists(st.tuples(st.sampled_from(["queue", "play", "stop", "hold", "go", "gain"]), st.integers(1, 900))))
def test_positions_only_grow_and_never_pass_the_end(steps: list[tuple[str, int]]) -> None:
    player = Player(Mixer(RATE))
    queued, before = 0, 0.0
    for step, count in steps:
        match step:
            case "queue":
                queued += count
                player.mixer.queue(level(1000, count))
            case "play":
                player.play(count)
            case "stop":
                assert player.mixer.stop() <= player.mixer.end_s
            case "gain":
                player.mixer.set_gain_db(-count / 30, 0.01)
            case _:
                player.mixer.hold(held=step == "hold")
        assert before <= player.position <= player.mixer.end_s == queued / RATE
        before = player.position
    player.mixer.hold(held=False)
    player.play(queued + 2 * FADE + 1)
    assert player.position == player.mixer.end_s
