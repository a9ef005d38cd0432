"""A language model as the shop's assistant: it talks, the shop's data decide, and nothing unfounded is said."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterator, Mapping
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import assert_never

import structlog

from holo_app.domain.conversation import Usage
from holo_app.errors import FailureCategory, ProviderError
from holo_app.knowledge.assistant.facts import Needed, needed
from holo_app.knowledge.assistant.instructions import (
    EXAMPLES,
    conversation,
    going_on,
    instructions,
    language_name,
    question_with_data,
)
from holo_app.knowledge.assistant.release import Release, UnfoundedError
from holo_app.knowledge.assistant.seen import Seen
from holo_app.knowledge.assistant.sentences import Sentences, is_whole
from holo_app.knowledge.assistant.tools import SHOW_PRODUCT, TOOLS, ShopData, Toolbox
from holo_app.knowledge.language_pack import LanguagePack
from holo_app.knowledge.question import Question
from holo_app.knowledge.reference import Targets
from holo_app.ports.chat import (
    ChatDone,
    ChatEnd,
    ChatEvent,
    ChatMessage,
    ChatModel,
    ChatRequest,
    ChatTool,
    ModelSays,
    ToolCall,
    ToolsSay,
)
from holo_app.ports.llm import AnswerDone, AnswerEvent, AnswerRequest, FactUsed, LanguageModel, ProductShown, TextDelta

log = structlog.get_logger(__name__)

Understand = Callable[[AnswerRequest], tuple[Question, Targets]]
EXPRESSIVE = ("happy", "curious", "sorry", "thinking", "nod", "shake", "tilt", "shrug", "bow")
_ENGLISH = "en"
_MOST_CALLS = 4


@dataclass(frozen=True, slots=True)
class AssistantSettings:
    """How much a model may do.

    rounds: of look-ups before it must answer. budget_s: for a whole answer. longest_tokens: of one answer. remembered:
    messages of the conversation that it is told. tags: stage directions that it may use; empty: none. thrifty: offer only
    the card of what the retriever found, for small models: what they would look up has been looked up with better words.
    """

    rounds: int = 2
    budget_s: float = 20.0
    longest_tokens: int = 220
    remembered: int = 8
    temperature: float | None = 0.2
    tags: tuple[str, ...] = EXPRESSIVE
    thrifty: bool = False


SMALL_MODEL = AssistantSettings(rounds=1, longest_tokens=120, remembered=4, temperature=0.0, tags=(), thrifty=True)
"""For a model of one or two billion parameters on the device."""


@dataclass(slots=True)
class _Answer:
    """One answer as it grows. left_s: of the time that the model may take. said: anything at all.

    answered: it said something about the shop, or all that it wanted to say.
    """

    release: Release
    toolbox: Toolbox
    messages: list[ChatMessage]
    left_s: float
    needed: Needed
    usage: Usage = field(default_factory=Usage)
    said: bool = False
    answered: bool = False

    def say(self, sentence: str) -> Iterator[AnswerEvent]:
        """Release a sentence. Raises: UnfoundedError."""
        for event in self.release.sentence(sentence):
            self.said = True
            self.answered = self.answered or isinstance(event, FactUsed | ProductShown)
            yield event


@dataclass(slots=True)
class _Round:
    """What comes of one request. What is said after a look-up was asked for is not used."""

    answer: _Answer
    sentences: Sentences = field(default_factory=Sentences)
    calls: list[ToolCall] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    end: ChatEnd = ChatEnd.STOP

    @property
    def looks_up(self) -> bool:
        """Whether it waits for results before it can answer."""
        return any(call.name != SHOW_PRODUCT for call in self.calls)

    def take(self, event: ChatEvent) -> Iterator[AnswerEvent]:
        """The next event. Raises: UnfoundedError."""
        match event:
            case TextDelta(text):
                for sentence in self.sentences.push(text) if not self.looks_up else ():
                    yield from self._say(sentence)
            case ToolCall():
                self.calls.append(event)
            case ChatDone(end, use):
                self.end = end
                usage = self.answer.usage
                tokens = usage.input_tokens + use.input_tokens, usage.output_tokens + use.output_tokens
                self.answer.usage = Usage(*tokens)
            case _ as never:
                assert_never(never)

    def finish(self) -> Iterator[AnswerEvent]:
        """The last sentence, unless it was cut off. Raises: UnfoundedError."""
        rest = self.sentences.flush()
        whole = is_whole(rest) or self.end in {ChatEnd.STOP, ChatEnd.CALLS}
        if rest and whole and not self.looks_up:
            yield from self._say(rest)

    def _say(self, sentence: str) -> Iterator[AnswerEvent]:
        yield from self.answer.say(sentence)
        self.said.append(sentence)


class ShopAssistant:
    """A LanguageModel over any ChatModel.

    What it says is released sentence by sentence, each only when all that it claims stands in what the model was told. Where
    one does not: ProviderError(BAD_RESPONSE) if nothing was said yet; else the answer ends there, and where only a few words
    before a look-up were said `composer` goes on. A model that fails fails: whoever is asked next is told what was said.

    understand: what a question means (`AnswerComposer.understand`). packs: languages by code. names: of languages, in English.
    """

    def __init__(
        self,
        chat: ChatModel,
        data: ShopData,
        understand: Understand,
        packs: Mapping[str, LanguagePack],
        composer: LanguageModel,
        *,
        settings: AssistantSettings | None = None,
        names: Mapping[str, str] | None = None,
    ) -> None:
        self._chat = chat
        self._data = data
        self._understand = understand
        self._packs = packs
        self._composer = composer
        self._settings = settings or AssistantSettings()
        self._names = names or {}

    @property
    def name(self) -> str:
        """The provider."""
        return self._chat.name

    async def answer(self, request: AnswerRequest) -> AsyncGenerator[AnswerEvent]:
        answer, whole = self._begun(request), True
        try:
            async with aclosing(self._told(request, answer)) as events:
                async for event in events:
                    yield event
        except UnfoundedError as error:
            log.warning("answer_unfounded", provider=self.name, claims=error.claims)
            if not answer.said:
                raise ProviderError(self.name, FailureCategory.BAD_RESPONSE, f"unfounded: {error.claims}") from error
            whole = False
        if not answer.answered:
            async with aclosing(self._completed(request)) as events:
                async for event in events:
                    yield event
        yield AnswerDone(self.name, answer.usage, ends_conversation=answer.needed.ends_conversation, whole=whole)

    def first_request(self, request: AnswerRequest) -> ChatRequest:
        """What the first round asks, for a model that is warmed up with it."""
        return self._request(request, self._begun(request), last=False)

    async def aclose(self) -> None:
        await self._chat.aclose()

    def _begun(self, request: AnswerRequest) -> _Answer:
        pack = self._pack(request.language)
        question, targets = self._understand(request)
        found = needed(request, question, targets, pack)
        seen = Seen(categories=request.grounding.categories)
        seen.add(found.products, found.facts)
        # what was spoken of before may be spoken of again
        seen.add(request.grounding.focus)
        words = [pack.words, *(self._packs[code].words for code in (_ENGLISH,) if code in self._packs)]
        about = found.products if found.found else ()
        release = Release(seen, words, about, request.text, frozenset(self._settings.tags))
        messages = [
            *(EXAMPLES if self._settings.thrifty else ()),
            *conversation(request.history, most=self._settings.remembered),
            question_with_data(request.text, found, pack.language),
            *going_on(request.said),
        ]
        return _Answer(release, Toolbox(self._data, seen, pack.language), messages, self._settings.budget_s, found)

    async def _told(self, request: AnswerRequest, answer: _Answer) -> AsyncGenerator[AnswerEvent]:
        """Round after round, until it has answered. Raises: ProviderError, UnfoundedError."""
        for left in range(self._settings.rounds, -1, -1):
            async with aclosing(self._round(self._request(request, answer, last=not left), answer)) as events:
                async for event in events:
                    yield event
            if answer.answered:
                return
        raise ProviderError(self.name, FailureCategory.BAD_RESPONSE, "it gave no answer")

    async def _round(self, asked: ChatRequest, answer: _Answer) -> AsyncGenerator[AnswerEvent]:
        """One request: what it says as it comes, then what it looks up."""
        taking = _Round(answer)
        async with aclosing(self._chat.stream(asked)) as stream:
            while (event := await self._next(stream, answer)) is not None:
                for released in taking.take(event):
                    yield released
        for released in taking.finish():
            yield released
        if not taking.said and not taking.calls:
            raise ProviderError(self.name, FailureCategory.BAD_RESPONSE, "it said nothing")
        answer.answered = answer.said and not taking.looks_up
        async with aclosing(self._carried_out(taking.calls, taking.said, answer)) as shown:
            async for card in shown:
                yield card

    async def _carried_out(
        self, calls: list[ToolCall], said: list[str], answer: _Answer
    ) -> AsyncGenerator[AnswerEvent]:
        """Do what it asked for, and enter it into the conversation."""
        outcomes = [await answer.toolbox.use(call) for call in calls[:_MOST_CALLS]]
        for outcome in outcomes:
            if outcome.show is not None:
                for event in answer.release.show(outcome.show):
                    yield event
        if outcomes:
            answer.messages += [
                ModelSays(" ".join(said), tuple(outcome.result.call for outcome in outcomes)),
                ToolsSay(tuple(outcome.result for outcome in outcomes)),
            ]

    async def _next(self, stream: AsyncGenerator[ChatEvent], answer: _Answer) -> ChatEvent | None:
        """The next event; None at the end. Raises: ProviderError(TIMEOUT): its time is up."""
        loop = asyncio.get_running_loop()
        began = loop.time()
        try:
            async with asyncio.timeout(answer.left_s):
                return await anext(stream, None)
        except TimeoutError:
            raise ProviderError(self.name, FailureCategory.TIMEOUT, "the answer took too long") from None
        finally:
            # only what the model takes counts: the customer listens for longer
            answer.left_s -= loop.time() - began

    async def _completed(self, request: AnswerRequest) -> AsyncGenerator[AnswerEvent]:
        """The composer goes on after a few words that promised an answer."""
        async with aclosing(self._composer.answer(request)) as events:
            first = True
            async for event in events:
                if isinstance(event, TextDelta):
                    yield TextDelta(f" {event.text}" if first else event.text)
                    first = False
                elif not isinstance(event, AnswerDone):
                    yield event

    def _tools(self, answer: _Answer) -> tuple[ChatTool, ...]:
        if not self._settings.thrifty:
            return TOOLS
        return tuple(tool for tool in TOOLS if tool.name == SHOW_PRODUCT) if answer.needed.products else ()

    def _pack(self, language: str) -> LanguagePack:
        return self._packs.get(language.partition("-")[0].lower()) or self._packs[_ENGLISH]

    def _request(self, request: AnswerRequest, answer: _Answer, *, last: bool) -> ChatRequest:
        system = instructions(
            request.character,
            language_name(request.language, self._names),
            tags=self._settings.tags,
            tools=self._settings.rounds > 0 and not self._settings.thrifty,
        )
        return ChatRequest(
            system,
            tuple(answer.messages),
            () if last else self._tools(answer),
            temperature=self._settings.temperature,
            longest_tokens=self._settings.longest_tokens,
        )
