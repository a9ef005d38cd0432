"""The wrappers with deadlines stand for what they wrap in everything else."""

from __future__ import annotations

from collections.abc import AsyncGenerator

from holo_app.dialogue.canned_speech import CannedSpeech
from holo_app.dialogue.deadlines import StageDeadlines
from holo_app.dialogue.punctual import PunctualAnswerer, PunctualStt, PunctualTts
from holo_app.ports.llm import AnswerEvent, AnswerRequest
from tests.fakes.answers import FakeAnswerer
from tests.fakes.script import SpokenScript
from tests.fakes.stt import FakeStt
from tests.fakes.tts import FakeTts
from tests.fakes.virtual_time import virtual_time


class ClosableAnswerer:
    """An answerer with something to free."""

    def __init__(self) -> None:
        self.closed = False

    def answer(self, request: AnswerRequest) -> AsyncGenerator[AnswerEvent]:
        return FakeAnswerer().answer(request)

    async def aclose(self) -> None:
        self.closed = True


@virtual_time
async def test_they_can_do_what_the_engine_can_and_close_it() -> None:
    stt, tts, answerer = FakeStt(SpokenScript()), FakeTts(), ClosableAnswerer()
    hearing = PunctualStt(stt, StageDeadlines())
    speaking = CannedSpeech(PunctualTts(tts, StageDeadlines()))
    answering = PunctualAnswerer(answerer, StageDeadlines())
    assert hearing.capabilities == stt.capabilities
    assert speaking.capabilities == tts.capabilities
    for engine in (hearing, speaking, answering):
        await engine.aclose()
    assert (stt.closed, tts.closed, answerer.closed) == (True, True, True)
