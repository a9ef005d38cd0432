"""Calls to one provider: with deadlines, asked again before the first result only, not made while its circuit is open."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from random import Random
from typing import TypeVar

import structlog

from holo_app.dialogue.resilience.health import Health
from holo_app.dialogue.resilience.limits import CallLimits
from holo_app.dialogue.resilience.watches import Watch
from holo_app.dialogue.running import CLEAN_UP_S, Running
from holo_app.domain.circuit import Admission, Circuit, CircuitPolicy, CircuitState
from holo_app.domain.usage import ProviderRole
from holo_app.errors import FailureCategory, ProviderError
from holo_app.ports.clock import Clock

log = structlog.get_logger(__name__)

T = TypeVar("T")

_JITTER = 0.25
_WORTH_ASKING_S = 0.15
"""With less time left nobody answers."""
_MOST_SUSPICIONS = 2
_BRIEFLY_S = 0.02
"""A provider that hangs may hang when it is closed, too, and somebody waits for whoever comes next in line."""


class Calls:
    """One provider's in one role. random: for the jitter of retries, seeded where a test wants the same again."""

    def __init__(
        self,
        role: ProviderRole,
        provider: str,
        limits: CallLimits,
        health: Health,
        clock: Clock,
        *,
        policy: CircuitPolicy | None = None,
        random: Random | None = None,
    ) -> None:
        self.provider = provider
        self.limits = limits
        self._role = role
        self._health = health
        self._clock = clock
        self._circuit = Circuit(policy)
        self._record = health.record(role, provider, self._circuit)
        self._random = random or Random()  # noqa: S311 - jitter is no secret

    @property
    def available(self) -> bool:
        """Whether a call would be made, as far as one can know before it is."""
        return self._circuit.state(self._clock.monotonic()) is not CircuitState.OPEN

    def first_s(self) -> float:
        """How long a call that is made now may take to its first result."""
        silent = min(self._health.fallen_silent(self._role, self.provider), _MOST_SUSPICIONS)
        return self.limits.first_s * self.limits.suspected_share**silent

    async def stream(
        self, make: Callable[[], AsyncGenerator[T]], watch: Watch[T], changed: asyncio.Event | None = None
    ) -> AsyncGenerator[T]:
        """The items of one call. make: begins an attempt. changed: set when `watch` may have come to another judgement.

        Raises: ProviderError, and nothing else.
        """
        admission = self._admitted()
        failure: ProviderError | None = None
        failed_attempts, finished = 0, False
        try:
            while not finished:
                try:
                    async with aclosing(self._attempt(make(), watch, changed)) as items:
                        async for item in items:
                            yield item
                    finished = True
                except ProviderError as error:
                    wait_s = self._wait_s(error, watch, failed_attempts)
                    if wait_s is None:
                        failure = error
                        raise
                    failed_attempts += 1
                    log.info("provider_asked_again", provider=self.provider, category=error.category.value)
                    await asyncio.sleep(wait_s)
        finally:
            if failure is not None:
                self._failed(admission, failure)
            elif finished or watch.begun:  # closed early: who had a result knows that the provider works
                self._succeeded(admission, watch.latency_s)
            else:
                admission.abandoned()

    def _admitted(self) -> Admission:
        admission = self._circuit.admit(self._clock.monotonic())
        if admission is None:
            self._record.skipped()
            category = self._circuit.last_failure or FailureCategory.UNAVAILABLE
            raise ProviderError(self.provider, category, "not asked: it keeps failing")
        self._record.called()
        return admission

    async def _attempt(
        self, items: AsyncGenerator[T], watch: Watch[T], changed: asyncio.Event | None
    ) -> AsyncGenerator[T]:
        """One attempt; what does not count as a result is kept until there is one. Raises: ProviderError."""
        running = Running(items, self.provider, changed=changed)
        early: list[T] = []
        patience_s = CLEAN_UP_S
        try:
            while await self._has_next(running, watch):
                item = running.take()
                watch.came(item, self._clock.monotonic())
                early.append(item)
                if watch.begun:
                    for waiting in early:
                        yield waiting
                    early.clear()
            for waiting in early:
                yield waiting
        except ProviderError as error:
            if error.category is FailureCategory.TIMEOUT:
                patience_s = _BRIEFLY_S
            raise
        finally:
            await running.aclose(patience_s)

    async def _has_next(self, running: Running[T], watch: Watch[T]) -> bool:
        watch.asked(self._clock.monotonic())
        if not await running.ready_by(watch.due):
            raise ProviderError(self.provider, FailureCategory.TIMEOUT, "nothing came in time")
        try:
            return not running.ended
        except ProviderError:
            raise
        except Exception as bug:  # an adapter ends here: its bug must not end the conversation
            log.exception("provider_crashed", provider=self.provider)
            raise ProviderError(self.provider, FailureCategory.BAD_RESPONSE, type(bug).__name__) from bug

    def _wait_s(self, error: ProviderError, watch: Watch[T], failed_attempts: int) -> float | None:
        """Seconds until the next attempt; None: there is none."""
        if watch.begun or not error.category.retryable or failed_attempts >= self.limits.retries:
            return None
        wait_s = error.retry_after_s
        if wait_s is None:
            wait_s = self.limits.backoff_s * 2**failed_attempts * (1 - _JITTER * self._random.random())
        due, now = watch.due(), self._clock.monotonic()
        left_s = self.limits.first_s if due is None else due - now
        return wait_s if wait_s + _WORTH_ASKING_S <= left_s else None

    def _succeeded(self, admission: Admission, latency_s: float | None) -> None:
        admission.succeeded()
        self._record.succeeded()
        if latency_s is not None:
            self._record.took(latency_s)

    def _failed(self, admission: Admission, error: ProviderError) -> None:
        admission.failed(error.category, self._clock.monotonic(), retry_after_s=error.retry_after_s)
        self._record.failed(error)
        log.warning("provider_failed", provider=self.provider, role=self._role.value, category=error.category.value)
