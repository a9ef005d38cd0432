"""The same question is answered at once, and no other one is taken for it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import replace
from uuid import UUID

import pytest

from holo_app.dialogue.resilience.remembered import RememberedAnswers
from holo_app.domain.conversation import Message, Role, Usage
from holo_app.errors import ProviderError
from holo_app.ports.llm import NOT_UNDERSTOOD, AnswerDone, AnswerEvent, AnswerRequest, FactUsed, TextDelta
from holo_app.ports.retriever import Grounding
from tests.dialogue.world import AVA
from tests.fakes.answers import BLUE_JACKET, FakeAnswerer
from tests.fakes.failing import FailingAnswerer, Mishap
from tests.fakes.virtual_time import STORY_BEGINS, VirtualClock, virtual_time

REQUEST = AnswerRequest("How much is it?", "en", AVA, grounding=Grounding(catalogue_version=3, focus=(BLUE_JACKET,)))


def after(text: str) -> AnswerRequest:
    """The same question after the character said something."""
    said = Message(UUID(int=1), UUID(int=2), Role.CHARACTER, text, text, "en", STORY_BEGINS)
    return replace(REQUEST, history=(said,))


async def ask(answerer: RememberedAnswers, request: AnswerRequest = REQUEST) -> list[AnswerEvent]:
    async with aclosing(answerer.answer(request)) as events:
        return [event async for event in events]


def kept(inner: FakeAnswerer | FailingAnswerer, most: int = 10) -> RememberedAnswers:
    return RememberedAnswers(inner, VirtualClock(), most=most)


@virtual_time
async def test_what_was_answered_once_is_said_again_at_once_and_costs_nothing() -> None:
    inner = FakeAnswerer()
    answerer = kept(inner)
    first = await ask(answerer)
    began = asyncio.get_running_loop().time()
    again = await ask(answerer, replace(REQUEST, text="  how much IS it"))
    assert asyncio.get_running_loop().time() == began
    assert again[:-1] == first[:-1]
    assert first[-1] == AnswerDone("fake", Usage(10, 20))
    assert again[-1] == AnswerDone("fake")
    assert len(inner.requests) == 1


@pytest.mark.parametrize(
    "other",
    [
        replace(REQUEST, text="How much are they?"),
        replace(REQUEST, language="de"),
        replace(REQUEST, character=replace(AVA, id="ben")),
        replace(REQUEST, character=replace(AVA, system_prompt="You are rude.")),
        replace(REQUEST, grounding=replace(REQUEST.grounding, catalogue_version=4)),
        replace(REQUEST, grounding=replace(REQUEST.grounding, focus=())),
        after("Shall I tell you about the colours?"),
    ],
)
@virtual_time
async def test_another_question_is_another_question(other: AnswerRequest) -> None:
    inner = FakeAnswerer()
    answerer = kept(inner)
    await ask(answerer)
    await ask(answerer, other)
    await ask(answerer, other)
    assert len(inner.requests) == 2


@virtual_time
async def test_in_a_conversation_it_depends_on_what_was_said_last() -> None:
    inner = FakeAnswerer()
    answerer = kept(inner)
    for said in ("The price?", "The size?", "The price?"):
        await ask(answerer, after(said))
    assert len(inner.requests) == 2


@pytest.mark.parametrize("request_", [replace(REQUEST, text="…"), replace(REQUEST, said="It costs")])
@virtual_time
async def test_what_cannot_be_recognised_again_is_not_kept(request_: AnswerRequest) -> None:
    inner = FakeAnswerer()
    answerer = kept(inner)
    await ask(answerer, request_)
    await ask(answerer, request_)
    assert len(inner.requests) == 2


@virtual_time
async def test_only_good_answers_are_kept() -> None:
    inner = FakeAnswerer()
    answerer = kept(inner)
    inner.not_understood = True
    assert NOT_UNDERSTOOD in await ask(answerer)
    inner.not_understood, inner.ends_conversation = False, True
    await ask(answerer)
    inner.ends_conversation = False
    async with aclosing(answerer.answer(REQUEST)) as events:
        await anext(events)
    broken, empty = FailingAnswerer("vendor", "It"), FailingAnswerer("vendor", " ")
    broken.mishaps.always = Mishap(1)
    with pytest.raises(ProviderError):
        await ask(kept(broken))
    hours = FailingAnswerer("vendor", states=FactUsed("store", "hours", "9 to 6"))
    for one in (empty, hours):
        for _ in range(2):
            await ask(keeper := kept(one))
            assert len(keeper) == 0
    assert len(answerer) == 0
    cut = RememberedAnswers(Cut(), VirtualClock(), most=10)
    assert await ask(cut) == [TextDelta("It is"), AnswerDone("cut", whole=False)]
    assert len(cut) == 0


class Cut(FakeAnswerer):
    """Was about to say something unfounded."""

    async def answer(self, request: AnswerRequest) -> AsyncGenerator[AnswerEvent]:
        del request
        yield TextDelta("It is")
        yield AnswerDone("cut", whole=False)


@virtual_time
async def test_who_ends_without_saying_so_is_not_kept() -> None:
    class Silent(FakeAnswerer):
        """Yields nothing at all."""

        async def answer(self, request: AnswerRequest) -> AsyncGenerator[AnswerEvent]:
            nothing: tuple[AnswerEvent, ...] = ()
            for event in nothing:
                yield event

    answerer = kept(Silent())
    assert await ask(answerer) == []
    assert len(answerer) == 0


@virtual_time
async def test_somebody_else_may_have_the_last_word() -> None:
    judged: list[Sequence[AnswerEvent]] = []

    def unfounded(request: AnswerRequest, events: Sequence[AnswerEvent]) -> bool:
        assert request is REQUEST
        judged.append(events)
        return False

    inner = FailingAnswerer("vendor", "It is blue.")
    answerer = RememberedAnswers(inner, VirtualClock(), most=10, keepable=unfounded)
    await ask(answerer)
    assert judged == [[TextDelta("It is blue."), AnswerDone("vendor")]]
    assert len(answerer) == 0


@virtual_time
async def test_what_was_not_asked_for_longest_makes_room_and_nothing_stays_for_ever() -> None:
    inner = FakeAnswerer()
    answerer = kept(inner, most=2)
    one, two, three = (replace(REQUEST, text=text) for text in ("One?", "Two?", "Three?"))
    for request in (one, two, one, three, one):
        await ask(answerer, request)
    assert len(inner.requests) == 3
    await ask(answerer, two)
    assert len(inner.requests) == 4
    await asyncio.sleep(601)
    await ask(answerer, two)
    assert len(inner.requests) == 5
    assert len(answerer) == 2
    nothing = kept(inner, most=0)
    await ask(nothing)
    assert len(nothing) == 0
    await answerer.aclose()
    assert len(answerer) == 0
