"""Emulated providers of every role, each as slow as its like, in a thread beside the measurement."""

from __future__ import annotations

import asyncio
import threading
from contextlib import AsyncExitStack
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.benchmarks.cloud.delay import delayed
from tests.emulators import anthropic, deepgram, elevenlabs, openai
from tests.emulators.anthropic import AnthropicEmulator
from tests.emulators.deepgram import DeepgramEmulator
from tests.emulators.elevenlabs import ElevenLabsEmulator
from tests.emulators.faults import Fault
from tests.emulators.openai import OpenAiEmulator
from tests.emulators.web import Emulator

KEYS = {"openai": openai.KEY, "anthropic": anthropic.KEY, "deepgram": deepgram.KEY, "elevenlabs": elevenlabs.KEY}
# what the side-by-side figures of voice agents are made with: words +150 ms, first token 200 ms, first sound 100 ms
DELAYS_S = {"deepgram": 0.15, "openai": 0.2, "anthropic": 0.2, "elevenlabs": 0.1}


class Services:
    """hears: what the recogniser hears. says: what the language models answer. addresses: by the name of the setting."""

    def __init__(self) -> None:
        self.stt, self.tts = DeepgramEmulator(), ElevenLabsEmulator()
        self.llm, self.second = OpenAiEmulator(), AnthropicEmulator()
        self.addresses: dict[str, str] = {}
        self._loop = asyncio.new_event_loop()
        self._ready, self._over = threading.Event(), asyncio.Event()
        self._thread = threading.Thread(target=self._run, name="services", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        self._ready.wait(30)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._loop.call_soon_threadsafe(self._over.set)
        self._thread.join(10)

    def expect(self, question: str, answer: str) -> None:
        """What is asked next, and how it is answered."""
        self.stt.text, self.llm.text, self.second.text = question, answer, answer

    def fail_next(self, name: str, *faults: Fault) -> None:
        """What goes wrong next at one of them, by name."""
        emulator = self._all()[name]
        if emulator is self.tts and self.tts.wires:
            # its connection is kept open: the fault is not to wait for the next one
            self._loop.call_soon_threadsafe(self.tts.break_open, faults[0])
        else:
            self._loop.call_soon_threadsafe(emulator.fail_next, *faults)

    def mended(self) -> None:
        """Nothing more goes wrong."""
        for emulator in self._all().values():
            emulator._faults.clear()

    def calls(self) -> dict[str, int]:
        """Requests and connections by name."""
        return {name: len(emulator.requests) for name, emulator in self._all().items()}

    def settings(self, folder: Path) -> None:
        """Write the kiosk's settings and credentials."""
        (folder / "credentials").mkdir(parents=True, exist_ok=True)
        for name, key in KEYS.items():
            (folder / "credentials" / f"holo-{name}").write_text(key)
        tables = [f'[{name}]\nbase_url = "{address}"\n' for name, address in self.addresses.items()]
        chains = '[providers]\nstt = ["deepgram"]\nllm = ["openai", "anthropic"]\ntts = ["elevenlabs"]\n'
        # each question is to be answered anew
        chains += "remembered_answers = 0\n"
        (folder / "holo.toml").write_text("\n".join([chains, *tables]), encoding="utf-8")

    def _all(self) -> dict[str, Emulator]:
        return {"deepgram": self.stt, "openai": self.llm, "anthropic": self.second, "elevenlabs": self.tts}

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._serve())

    async def _serve(self) -> None:
        async with AsyncExitStack() as stack:
            for name, emulator in self._all().items():
                await stack.enter_async_context(emulator)
                self.addresses[name] = await stack.enter_async_context(delayed(emulator.base_url, DELAYS_S[name]))
            self._ready.set()
            await self._over.wait()
