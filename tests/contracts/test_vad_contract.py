"""What every VoiceActivityDetector promises."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from holo_app.domain.audio import CAPTURE_RATE_HZ, AudioChunk, silence
from holo_app.ports.vad import VoiceActivityDetector
from holo_app.providers.silero.vad import SileroVad
from holo_app.providers.webrtc.vad import WebrtcVad
from holo_app.resources import model_file
from tests.contracts.recording import in_pieces, question
from tests.fakes.script import SpokenScript
from tests.fakes.vad import FakeVad


@dataclass(frozen=True)
class Case:
    """A detector, and a second or more of speech that it can hear."""

    make: Callable[[], VoiceActivityDetector]
    speech: Callable[[], AudioChunk]


CASES = [
    pytest.param(Case(FakeVad, lambda: SpokenScript().say("hello there")), id="fake"),
    pytest.param(
        Case(lambda: SileroVad(model_file("silero-vad", "silero_vad.onnx")), question),
        id="silero",
        marks=pytest.mark.models,
    ),
    pytest.param(Case(WebrtcVad, question), id="webrtc"),
]


@pytest.fixture(params=CASES)
def case(request: pytest.FixtureRequest) -> Case:
    assert isinstance(request.param, Case)
    return request.param


def scores(vad: VoiceActivityDetector, audio: AudioChunk) -> list[float]:
    frames = in_pieces(audio, vad.frame_samples)
    return [vad.probability(frame.pcm) for frame in frames if frame.samples == vad.frame_samples]


def test_frames_are_short_enough_to_react(case: Case) -> None:
    assert 0.01 <= case.make().frame_samples / CAPTURE_RATE_HZ <= 0.04


def test_speech_is_told_from_silence(case: Case) -> None:
    vad = case.make()
    spoken = scores(vad, case.speech())
    vad.reset()
    quiet = scores(vad, silence(1))

    assert all(0 <= score <= 1 for score in spoken + quiet)
    assert sum(score > 0.5 for score in spoken) > 0.6 * len(spoken)
    assert sum(score > 0.5 for score in quiet) == 0


def test_silence_after_speech_is_silence_within_a_third_of_a_second(case: Case) -> None:
    vad = case.make()
    scores(vad, case.speech())
    after = scores(vad, silence(1))

    assert all(score < 0.5 for score in after[-(2 * len(after) // 3) :])


def test_reset_forgets_what_was_heard(case: Case) -> None:
    vad, speech = case.make(), case.speech()
    first = scores(vad, speech)
    vad.reset()

    assert scores(vad, speech) == pytest.approx(first)


def test_a_frame_of_another_size_is_refused(case: Case) -> None:
    vad = case.make()
    for samples in (0, vad.frame_samples - 1, vad.frame_samples + 1):
        with pytest.raises(ValueError, match="frame holds"):
            vad.probability(bytes(2 * samples))
