"""Engines that always take the same time and know what was said: the same for every stack, so that only policies differ.

Recognition: the text STT_S after it was asked for. Answer: first token after LLM_FIRST_S, each further one LLM_TOKEN_S later.
Voice: first word TTS_FIRST_S after the text, the others TTS_SPEED times faster than they sound.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterable
from dataclasses import dataclass

from tests.benchmarks.turn_taking.clips import RATE_HZ
from tests.benchmarks.turn_taking.microphone import FRAME_S, Microphone
from tests.benchmarks.turn_taking.timeline import Said
from tests.benchmarks.turn_taking.voice import LONG_ANSWER, SHORT_ANSWER, hum, word_s, words_of

STT_S = 0.150
LLM_FIRST_S = 0.200
LLM_TOKEN_S = 0.015
TTS_FIRST_S = 0.100
TTS_SPEED = 10.0

FIRST_PARTIAL_S = 0.4
PARTIAL_EVERY_S = 0.3


def heard_between(said: Iterable[Said], start: float, end: float) -> str:
    """The words that were spoken whole by `end` and at least half after `start` (monotonic seconds).

    The words of a clip are spread over its audible part by their letters.
    """
    heard = []
    for clip in said:
        words = clip.text.split()
        letters = sum(len(word) for word in words)
        at = clip.onset_at
        for word in words:
            began, at = at, at + (clip.ended_at - clip.onset_at) * len(word) / letters
            # a whole frame of grace: the last word ends within its frame
            if (began + at) / 2 >= start and at <= end + FRAME_S:
                heard.append(word)
    return " ".join(heard)


class Answers:
    """The answer to a text: long to one of the questions, short to anything else."""

    def __init__(self, questions: Iterable[str]) -> None:
        self._questions = [words_of(question) for question in questions]

    def to(self, text: str) -> str:
        """The whole answer."""
        asked = words_of(text)
        return LONG_ANSWER if any(asked[-len(words) :] == words for words in self._questions) else SHORT_ANSWER

    async def tokens(self, text: str) -> AsyncGenerator[str]:
        """The answer as a language model gives it, a word at a time."""
        await asyncio.sleep(LLM_FIRST_S)
        for index, word in enumerate(self.to(text).split(" ")):
            if index:
                await asyncio.sleep(LLM_TOKEN_S)
            yield f" {word}" if index else word


async def speech(text: str) -> AsyncGenerator[tuple[str, bytes]]:
    """The text as a voice gives it: each word as it is written, with its PCM16."""
    wait_s = TTS_FIRST_S
    for word in text.split():
        await asyncio.sleep(wait_s)
        spoken = words_of(word)
        yield word, b"".join(hum(part) for part in spoken)
        wait_s = sum(word_s(part) for part in spoken) / TTS_SPEED


@dataclass(frozen=True, slots=True)
class Heard:
    """What a streaming recogniser gives. in_s: how long after the samples that caused it."""

    text: str
    final: bool
    in_s: float


class StreamingRecogniser:
    """For stacks that stream all sound into recognition: partial texts, and a final one STT_S after a clip's end.

    It finds the end of a clip by itself and at once, which no real engine does: in favour of these stacks.
    """

    def __init__(self, microphone: Microphone) -> None:
        self._microphone = microphone
        self._samples = 0
        self._finished = 0
        self._partial_at = 0.0

    def feed(self, samples: int) -> list[Heard]:
        """What the next samples lead to; all since the microphone's first must come by here."""
        self._samples += samples
        now = self._microphone.began_at + self._samples / RATE_HZ
        heard = []
        running = self._microphone.said[self._finished :]
        if running and now >= running[0].ended_at:
            self._finished += 1
            heard.append(Heard(running[0].text, final=True, in_s=STT_S))
        elif running and now >= max(running[0].onset_at + FIRST_PARTIAL_S, self._partial_at + PARTIAL_EVERY_S):
            self._partial_at = now
            heard.append(Heard(heard_between(running[:1], 0.0, now), final=False, in_s=0.0))
        return heard
