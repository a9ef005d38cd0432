"""A whole voice loop on virtual time: scripted customer, fakes for the engines, a real (in-memory) database."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TypeVar

from holo_app.audio.virtual import VirtualMicrophone, VirtualSpeaker
from holo_app.dialogue.answering import Answering
from holo_app.dialogue.canned_speech import CannedSpeech
from holo_app.dialogue.deadlines import StageDeadlines
from holo_app.dialogue.ear import Ear
from holo_app.dialogue.engine import TurnEngine
from holo_app.dialogue.fillers import Fillers
from holo_app.dialogue.kept_speech import Phrase
from holo_app.dialogue.languages import LanguageReach, Languages
from holo_app.dialogue.loop import LoopParts, Step, VoiceLoop
from holo_app.dialogue.notices import Notice, StateChanged, TurnFinished
from holo_app.dialogue.polite_answerer import LanguageTexts, PoliteAnswerer
from holo_app.dialogue.punctual import (
    PunctualAnswerer,
    PunctualEndOfTurn,
    PunctualRetriever,
    PunctualStt,
    PunctualTts,
)
from holo_app.dialogue.recorder import Recorder
from holo_app.dialogue.reply import Voice
from holo_app.dialogue.silent_voice import SpokenOrShown
from holo_app.dialogue.troubles import TroubleBoard
from holo_app.dialogue.turn_state import TurnSettings
from holo_app.dialogue.turn_words import words_of
from holo_app.dialogue.written_language import WrittenLanguages, WrittenMarks
from holo_app.domain.character import Character
from holo_app.domain.conversation import Message
from holo_app.domain.kiosk import KioskState
from holo_app.ports.llm import LanguageModel
from holo_app.ports.microphone import Microphone
from holo_app.ports.stt import SpeechToText
from holo_app.ports.tts import TextToSpeech
from holo_app.storage.store import SqlStore, memory_store
from tests.dialogue.floor import WORDS
from tests.fakes.answers import FakeAnswerer, FakeRetriever
from tests.fakes.end_of_turn import FakeEndOfTurn
from tests.fakes.script import SpokenScript
from tests.fakes.stt import FakeStt, TurnTelling
from tests.fakes.tts import FakeTts
from tests.fakes.vad import FakeVad
from tests.fakes.virtual_time import VirtualClock

N = TypeVar("N", bound=Notice)

AVA = Character(
    "ava", "Ava", "host", "You are Ava.", ("friendly",), "hum", "ava", "en", "Hello, I am Ava, an AI assistant."
)


WRITTEN = WrittenLanguages(
    {
        "en": WrittenMarks(
            frozenset(words_of("how much is the it i a do you have what we are in which one and or thanks"))
        ),
        "de": WrittenMarks(frozenset(words_of("was kostet das der die ich haben sie und oder wie danke")), "äöüß"),
        "fr": WrittenMarks(frozenset(words_of("combien la le les est je vous avez et ou merci")), "éèçà"),
    }
)
TEXTS = {"en": LanguageTexts("I only hear {heard}. For {others}, type.", " and ", {"en": "English", "de": "German"})}
FILLERS = ("One moment, please.", "Let me see.")

TRANSCRIPT_TTL = timedelta(seconds=150)


@dataclass(frozen=True)
class Engines:
    """Who understands, speaks and answers."""

    stt: SpeechToText
    tts: TextToSpeech
    answerers: Sequence[LanguageModel]
    draft_stt: SpeechToText | None = None


Behind = Callable[[Engines, VirtualClock, SpokenScript, TroubleBoard], Engines]


async def in_place(work: Callable[[], None]) -> None:
    """Blocking work without a thread: virtual time stands still meanwhile."""
    work()


@dataclass
class World:
    """Everything a story needs. `say` speaks through the microphone; notices and their times are kept."""

    clock: VirtualClock
    script: SpokenScript
    microphone: VirtualMicrophone
    speaker: VirtualSpeaker
    stt: FakeStt
    tts: FakeTts
    end_of_turn: FakeEndOfTurn
    retriever: FakeRetriever
    answerer: FakeAnswerer
    fallback: FakeAnswerer
    store: SqlStore
    canned: CannedSpeech
    notices: list[tuple[float, Notice]] = field(default_factory=list)
    loop: VoiceLoop | None = None

    async def keep_fillers(self) -> None:
        """Synthesise the fillers now; before that, none is said."""

        async def at_once() -> None:
            """Nobody talks before the story begins."""

        await self.canned.prepare([Phrase(text, AVA.voice, AVA.language) for text in FILLERS], at_once)

    async def say(self, text: str, seconds: float = 1.5, *, complete: bool = True) -> float:
        """Say it, and return the moment at which its last sample was in the air."""
        self.microphone.hear(self.script.say(text, seconds, complete=complete))
        await asyncio.sleep(seconds)
        return self.clock.monotonic()

    def of(self, kind: type[N]) -> list[N]:
        return [notice for _, notice in self.notices if isinstance(notice, kind)]

    def when(self, kind: type[Notice], nth: int = 0) -> float:
        return [at for at, notice in self.notices if isinstance(notice, kind)][nth]

    @property
    def states(self) -> list[KioskState]:
        return [notice.state for notice in self.of(StateChanged)]

    @property
    def turns(self) -> list[TurnFinished]:
        return self.of(TurnFinished)

    def messages(self) -> list[Message]:
        with self.store.transaction() as tx:
            return [
                message
                for conversation in reversed(tx.conversations.recent(limit=50))
                for message in tx.conversations.last_messages(conversation.id, limit=100)
            ]


def _spoken(text: str, _language: str) -> str:
    return text.replace("89", "eighty nine")


def build(
    microphone: Microphone | None = None,
    settings: TurnSettings | None = None,
    trace: Step | None = None,
    tts: FakeTts | None = None,
    *,
    streaming: bool = False,
    turns: TurnTelling | None = None,
    stt_languages: tuple[str, ...] = ("en",),
    deadlines: StageDeadlines = StageDeadlines(),
    behind: Behind | None = None,
) -> World:
    """A world with its loop, not yet running. behind: puts providers in front of the kiosk's own engines."""
    clock, script, tts = VirtualClock(), SpokenScript(), tts or FakeTts()
    notices: list[tuple[float, Notice]] = []

    def publish(notice: Notice) -> None:
        notices.append((clock.monotonic(), notice))

    troubles = TroubleBoard(publish)
    stt = FakeStt(script, streaming=streaming, turns=turns, languages=stt_languages)
    answerer, fallback = FakeAnswerer(), FakeAnswerer("I can look that up for you.", name="fallback")
    reach = LanguageReach(("en", "de", "fr"), lambda: stt.capabilities.languages, lambda: tts.capabilities.languages)
    languages = Languages("en", reach, WRITTEN)
    polite = PoliteAnswerer(answerer, languages, TEXTS)
    own = Engines(
        PunctualStt(stt, deadlines),
        SpokenOrShown(PunctualTts(tts, deadlines)),
        [PunctualAnswerer(polite, deadlines), PunctualAnswerer(fallback, deadlines)],
    )
    engines = own if behind is None else behind(own, clock, script, troubles)
    canned = CannedSpeech(engines.tts)
    world = World(
        clock, script, VirtualMicrophone(clock), VirtualSpeaker(clock, rate_hz=22_050), stt, tts,
        FakeEndOfTurn(script), FakeRetriever(), answerer, fallback, memory_store(), canned, notices,
    )  # fmt: skip
    fillers = Fillers(canned, {"en": FILLERS}, _spoken, after_s=deadlines.filler_after_s)
    parts = LoopParts(
        microphone=microphone or world.microphone,
        ear=Ear(FakeVad()),
        stt=engines.stt,
        end_of_turn=PunctualEndOfTurn(world.end_of_turn, deadlines),
        answering=Answering(
            PunctualRetriever(world.retriever, deadlines),
            engines.answerers,
            clock,
            first_text_s=deadlines.first_text_s,
        ),
        voice=Voice(canned, world.speaker, clock, _spoken, publish, troubles, fillers),
        recorder=Recorder(world.store, publish, troubles, transcript_ttl=TRANSCRIPT_TTL, run_blocking=in_place),
        character=AVA,
        words={"en": WORDS},
        languages=languages,
        deadlines=deadlines,
        draft_stt=engines.draft_stt,
    )
    world.loop = VoiceLoop(parts, TurnEngine(settings or TurnSettings(), WORDS), publish, trace)
    return world


@asynccontextmanager
async def running(
    microphone: Microphone | None = None,
    settings: TurnSettings | None = None,
    trace: Step | None = None,
    tts: FakeTts | None = None,
    *,
    streaming: bool = False,
    turns: TurnTelling | None = None,
    stt_languages: tuple[str, ...] = ("en",),
    deadlines: StageDeadlines = StageDeadlines(),
    behind: Behind | None = None,
) -> AsyncGenerator[World]:
    """A world whose loop runs; it is cancelled and everything closed at the end."""
    world = build(
        microphone, settings, trace, tts,
        streaming=streaming, turns=turns, stt_languages=stt_languages, deadlines=deadlines, behind=behind,
    )  # fmt: skip
    assert world.loop is not None
    task = asyncio.create_task(world.loop.run())
    await asyncio.sleep(0.1)
    try:
        yield world
    finally:
        task.cancel()
        [ended] = await asyncio.gather(task, return_exceptions=True)
        await world.microphone.aclose()
        await world.speaker.aclose()
        world.store.close()
        if isinstance(ended, Exception):
            # also where the story failed: this is why
            raise ended
