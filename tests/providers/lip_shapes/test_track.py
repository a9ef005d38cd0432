from __future__ import annotations

import math
from array import array
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from holo_app.domain.speech import Viseme, VisemeCue
from holo_app.ports.tts import SpeechChunk
from holo_app.providers.lip_shapes.timed import Timed
from holo_app.providers.lip_shapes.track import SpeechTrack
from tests.contracts.speech_checks import check_speech

RATE_HZ = 24_000
TEXT = "It costs £149.00, or 1,299 dollars — with the big one!"


def hum(seconds: float, rate_hz: int = RATE_HZ, hz: float = 180.0) -> bytes:
    tone = (math.sin(2 * math.pi * hz * n / rate_hz) for n in range(round(seconds * rate_hz)))
    return array("h", [round(9_000 * value) for value in tone]).tobytes()


SOUND = hum(0.9) + bytes(2 * 6_000) + hum(0.8, hz=240.0)


def streamed(track: SpeechTrack, pcm: bytes, sizes: list[int]) -> list[SpeechChunk]:
    chunks: list[SpeechChunk | None] = []
    at, turn = 0, 0
    while at < len(pcm):
        size = sizes[turn % len(sizes)]
        track.sound(pcm[at : at + size])
        chunks.append(track.ready())
        at, turn = at + size, turn + 1
    chunks.append(track.end())
    return [chunk for chunk in chunks if chunk is not None]


times = st.floats(-1, 4) | st.sampled_from([math.nan, math.inf, -math.inf])
pieces = st.lists(
    st.builds(
        Timed, st.sampled_from(["It", "costs", "one", "hundred", "or", "big", "one!", "", " ", "tʃ", "a"]), times, times
    ),
    max_size=12,
)


@settings(deadline=None, max_examples=30)
@given(
    st.lists(st.integers(1, 20_000), min_size=1, max_size=4),
    pieces,
    pieces,
    st.sampled_from(["none", "words", "characters", "phonemes", "shapes"]),
    st.sampled_from([0.0, 0.3]),
)
def test_whatever_an_engine_says_the_promise_holds(
    sizes: list[int], first: list[Timed], second: list[Timed], kind: str, patience_s: float
) -> None:
    track = SpeechTrack(TEXT, RATE_HZ, timed=kind != "none", patience_s=patience_s)
    chunks: list[SpeechChunk | None] = []
    for part, said in ((SOUND[:40_001], first), (SOUND[40_001:], second)):
        for at in range(0, len(part), sum(sizes)):
            track.sound(part[at : at + sum(sizes)])
            chunks.append(track.ready())
        match kind:
            case "words":
                track.words(said)
                track.spelling(said)
            case "characters":
                track.word_characters(said)
                track.spelling_characters(said)
            case "phonemes":
                track.phonemes(said)
            case "shapes":
                track.shapes(VisemeCue(Viseme.AA, piece.start_s, piece.end_s) for piece in said)
    chunks.append(track.end())
    given_out = [chunk for chunk in chunks if chunk is not None]

    check_speech(TEXT, given_out)
    assert b"".join(chunk.audio.pcm for chunk in given_out) == SOUND


@pytest.mark.parametrize("size", [1, 479, 4_800, 1_000_000])
def test_how_the_sound_is_cut_does_not_change_the_mouth(size: int) -> None:
    if size == 1:
        size = 2 * 7
    cues = [cue for chunk in streamed(SpeechTrack(TEXT, RATE_HZ), SOUND, [size]) for cue in chunk.visemes]
    whole = [cue for chunk in streamed(SpeechTrack(TEXT, RATE_HZ), SOUND, [len(SOUND)]) for cue in chunk.visemes]

    assert _joined(cues) == _joined(whole)
    assert {cue.viseme for cue in whole} > {Viseme.SIL}


def test_no_sound_gives_no_chunk() -> None:
    track = SpeechTrack("Hello.", RATE_HZ)

    assert track.ready() is None
    assert track.end() is None


def test_half_a_sample_at_the_end_is_left_out() -> None:
    chunks = streamed(SpeechTrack("Hello.", RATE_HZ), hum(0.3) + b"\x01", [777])

    check_speech("Hello.", chunks)
    assert b"".join(chunk.audio.pcm for chunk in chunks) == hum(0.3)


def test_a_chunk_of_a_few_samples_is_enough() -> None:
    chunks = streamed(SpeechTrack("Hello there.", RATE_HZ), bytes(2), [2])

    check_speech("Hello there.", chunks)


def test_known_shapes_go_before_the_sound() -> None:
    track = SpeechTrack("Mama.", RATE_HZ)
    track.phonemes([Timed("m", 0.1, 0.2), Timed("ɑː", 0.2, 0.3), Timed("m", 0.3, 0.38), Timed("ə", 0.38, 0.5)])
    chunks = streamed(track, bytes(24_000 * 2), [4_000])

    assert [str(cue.viseme) for cue in _joined([cue for chunk in chunks for cue in chunk.visemes])] == [
        "sil", "PP", "aa", "PP", "E", "sil",
    ]  # fmt: skip


def test_sound_waits_for_shapes_that_come_after_it() -> None:
    track = SpeechTrack("Mama.", RATE_HZ, patience_s=0.5)
    track.sound(hum(0.3))
    waiting = track.ready()
    track.phonemes([Timed("m", 0.0, 0.1), Timed("ɑ", 0.1, 0.3)])
    chunk = track.ready()

    assert waiting is None
    assert chunk is not None
    assert chunk.visemes[0].viseme is Viseme.PP


def _joined(cues: list[VisemeCue]) -> list[VisemeCue]:
    joined: list[VisemeCue] = []
    for cue in cues:
        if joined and joined[-1].viseme is cue.viseme:
            joined[-1] = VisemeCue(cue.viseme, joined[-1].start_s, round(cue.end_s, 6))
        else:
            joined.append(VisemeCue(cue.viseme, round(cue.start_s, 6), round(cue.end_s, 6)))
    assert all(abs(before.end_s - after.start_s) < 1e-6 for before, after in pairwise(joined))
    return joined
