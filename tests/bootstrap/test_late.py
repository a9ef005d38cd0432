"""What is loaded in the background is waited for, tried again after a failure, and closed once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from holo_app.bootstrap.answers import Answers, load_answers
from holo_app.bootstrap.late import Late, LateComposer, LateRetriever, LateTts
from holo_app.dialogue.deadlines import StageDeadlines
from holo_app.errors import FailureCategory, ProviderError, StorageError
from holo_app.ports.llm import AnswerDone, AnswerRequest, TextDelta
from holo_app.ports.tts import TextToSpeech
from holo_app.storage.store import memory_store
from tests.fakes.tts import FakeTts
from tests.fakes.virtual_time import virtual_time
from tests.knowledge.hash_embedder import HashEmbedder
from tests.knowledge.shop import ROBIN


class Thing:
    """Something to be loaded; `gate` lets its loading end."""

    def __init__(self, *, problems: int = 0) -> None:
        self.gate = asyncio.Event()
        self.problems = problems
        self.begun = 0
        self.closed = 0

    async def load(self) -> Thing:
        self.begun += 1
        await self.gate.wait()
        if self.begun <= self.problems:
            raise StorageError("the disk is full")
        return self

    async def aclose(self) -> None:
        self.closed += 1


@virtual_time
async def test_it_is_loaded_once_however_many_wait() -> None:
    thing = Thing()
    late = Late(thing.load)
    waiting = [asyncio.create_task(late.get()) for _ in range(3)]
    await asyncio.sleep(0)
    assert not any(task.done() for task in waiting)
    thing.gate.set()
    assert await asyncio.gather(*waiting) == [thing] * 3
    await late.aclose()
    assert (thing.begun, thing.closed) == (1, 1)


@virtual_time
async def test_who_gives_up_waiting_does_not_end_the_loading() -> None:
    thing = Thing()
    late = Late(thing.load)
    impatient = asyncio.create_task(late.get())
    await asyncio.sleep(0)
    impatient.cancel()
    thing.gate.set()
    assert await late.get() is thing
    assert thing.begun == 1


@virtual_time
async def test_what_failed_is_tried_again() -> None:
    thing = Thing(problems=1)
    thing.gate.set()
    late = Late(thing.load)
    with pytest.raises(StorageError):
        await late.get()
    assert await late.get() is thing


@pytest.mark.parametrize("begun", [False, True])
@virtual_time
async def test_closing_waits_for_the_loading(begun: bool) -> None:
    thing = Thing(problems=0)
    late = Late(thing.load)
    if begun:
        late.start()
    closing = asyncio.create_task(late.aclose())
    await asyncio.sleep(0)
    thing.gate.set()
    await closing
    assert thing.closed == int(begun)


@virtual_time
async def test_closing_after_a_failure_closes_nothing() -> None:
    thing = Thing(problems=1)
    thing.gate.set()
    late = Late(thing.load)
    late.start()
    await late.aclose()
    assert thing.closed == 0


def _answers(load: Callable[[], HashEmbedder]) -> Late[Answers]:
    return Late(lambda: load_answers(memory_store(), load, "en"))


@virtual_time
async def test_answers_come_when_they_are_loaded() -> None:
    late = _answers(HashEmbedder)
    grounding = await LateRetriever(late, StageDeadlines()).retrieve("hello", language="en")
    request = AnswerRequest("hello", "en", ROBIN, grounding=grounding)
    composer = LateComposer(late)
    events = [event async for event in composer.answer(request)]
    assert any(isinstance(event, TextDelta) for event in events)
    assert isinstance(events[-1], AnswerDone)
    await composer.aclose()
    await late.aclose()


def _broken() -> HashEmbedder:
    raise StorageError("the disk is full")


def _refused() -> HashEmbedder:
    raise ProviderError("embedder", FailureCategory.UNAVAILABLE, "no memory")


@pytest.mark.parametrize("load", [_broken, _refused])
@virtual_time
async def test_answers_that_cannot_be_loaded_fail_as_a_provider_does(load: Callable[[], HashEmbedder]) -> None:
    late = _answers(load)
    with pytest.raises(ProviderError):
        await LateRetriever(late, StageDeadlines()).retrieve("hello", language="en")
    with pytest.raises(ProviderError):
        async for _ in LateComposer(late).answer(AnswerRequest("hello", "en", ROBIN)):
            pass
    await late.aclose()


@virtual_time
async def test_the_first_sentence_waits_for_the_voice() -> None:
    gate = asyncio.Event()

    async def load() -> TextToSpeech:
        await gate.wait()
        return FakeTts()

    tts = LateTts(Late(load))
    assert tts.capabilities.languages == frozenset()
    speaking = asyncio.ensure_future(_speak(tts))
    await asyncio.sleep(0)
    gate.set()
    assert await speaking > 0
    assert "en" in tts.capabilities.languages
    await tts.aclose()


async def _speak(tts: TextToSpeech) -> int:
    return sum([len(chunk.audio.pcm) async for chunk in tts.synthesize("Hello there.", voice="", language="en")])
