"""What a speaker plays, sample by sample: the queue, the loudness and the content timeline.

One side (the event loop) queues, fades and asks for positions; the other (an audio callback in its own thread, or a clock)
renders. They share no lock: blocks pass through a deque, whose `append` and `popleft` are atomic, and everything else is
a single reference or number that only one side writes.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from holo_app.audio.resample import Samples, StreamResampler, samples_of
from holo_app.domain.audio import AudioChunk

FADE_S = 0.010
"""How long stop and pause take to become silent: long enough not to click."""

_SPANS_KEPT = 128
"""Rendered stretches remembered for `position`: far more than any device holds back."""

_LOUDEST, _QUIETEST = 32767, -32768

Tap = Callable[[Samples, int, float], None]
"""Takes samples (N,), their rate in Hz, and the monotonic second at which the first sounds. Must not block or keep them."""


@dataclass(frozen=True, slots=True)
class _Block:
    """Queued samples. start: index of the first one on the timeline. era: how often playback had been stopped before."""

    samples: Samples
    start: int
    era: int


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of content that leaves the device in one piece.

    heard_at: monotonic seconds at which its first sample leaves. start, count: samples on the content timeline.
    """

    heard_at: float
    start: int
    count: int


class _Ramp:
    """A factor that moves to its target in a straight line. Belongs to the rendering side."""

    def __init__(self, value: float) -> None:
        self.value = value
        self._target = value
        self._step = 0.0

    def aim(self, target: float, samples: int) -> None:
        self._target = target
        self._step = (target - self.value) / max(1, samples)

    @property
    def steady(self) -> bool:
        return self.value == self._target

    @property
    def samples_left(self) -> int:
        return 0 if self.steady else max(1, round((self._target - self.value) / self._step))

    def take(self, count: int) -> NDArray[np.float32] | float:
        """The factors of the next `count` samples."""
        if self.steady:
            return self.value
        left = self.samples_left
        factors = self.value + self._step * np.arange(1, count + 1, dtype=np.float32)
        if count >= left:
            factors[left - 1 :] = self._target
            self.value = self._target
        else:
            self.value = float(factors[-1])
        return factors


class Mixer:
    """The queue of one speaker at one sample rate. Times on the content timeline are seconds from `origin_s`."""

    def __init__(self, rate_hz: int, *, origin_s: float = 0.0) -> None:
        self.rate_hz = rate_hz
        self.origin_s = origin_s
        # written by the queueing side
        self._blocks: deque[_Block] = deque()
        self._resampler: StreamResampler | None = None
        self._run_start = 0
        self._written = 0
        self._end = 0
        self._era = 0
        self._floor = 0
        self._reported = 0.0
        self._held = False
        self._wanted_gain = (1.0, 1)
        self.tap: Tap | None = None
        """Told each rendered block, on the rendering side: what the speaker plays and when it sounds."""
        # written by the rendering side
        self._current: _Block | None = None
        self._consumed = 0
        self._heard_era = 0
        self._spans: deque[Span] = deque(maxlen=_SPANS_KEPT)
        self._gain = _Ramp(1.0)
        self._aimed_gain = self._wanted_gain
        self._gate = _Ramp(1.0)
        self._gate_open = True

    # ---- the queueing side

    def queue(self, audio: AudioChunk) -> float:
        """Append audio of any rate; returns its start on the timeline in seconds."""
        start = self._end
        if self._resampler is not None and self._resampler.in_hz != audio.rate_hz:
            self.flush()
        if self._resampler is None:
            self._resampler = StreamResampler(audio.rate_hz, self.rate_hz)
            self._run_start = self._end
        ready = self._resampler.push(samples_of(audio))
        self._end = self._run_start + self._resampler.expected
        self._append(ready)
        return self._seconds(start)

    def flush(self) -> None:
        """Let the tail of a run out of the resampler. What is queued next begins a new run."""
        if self._resampler is not None:
            tail, self._resampler = self._resampler.finish(), None
            self._append(tail)

    def stop(self) -> float:
        """Drop all that is queued. Returns where on the timeline, in seconds, the sound fades out."""
        cut = self._seconds(self._cut_index())
        self._resampler = None
        self._written = self._end
        self._held = False
        self._floor = self._end
        self._era += 1
        return cut

    def hold(self, held: bool) -> None:
        """Stand still (after a fade) or go on."""
        self._held = held

    def set_gain_db(self, gain_db: float, ramp_s: float) -> None:
        """Aim for another loudness, reached in a straight line."""
        self._wanted_gain = (float(10 ** (gain_db / 20)), max(1, round(ramp_s * self.rate_hz)))

    @property
    def held(self) -> bool:
        """Whether the timeline stands still."""
        return self._held

    @property
    def end_s(self) -> float:
        """The end of all that was ever queued."""
        return self._seconds(self._end)

    @property
    def queued_s(self) -> float:
        """What no device has taken yet, in seconds."""
        return (self._end - self._passed) / self.rate_hz

    @property
    def ready_s(self) -> float:
        """The part of `queued_s` that is out of the resampler and can be rendered now."""
        return (self._written - self._passed) / self.rate_hz

    def position_s(self, now: float) -> float:
        """How much of the timeline has left the device at the monotonic time `now`; never moves back."""
        # tuple() of a deque is one atomic step under the interpreter lock
        spans = tuple(self._spans)
        begun = next((span for span in reversed(spans) if span.heard_at <= now), None)
        heard = 0.0
        if begun is not None:
            heard = begun.start + min(float(begun.count), (now - begun.heard_at) * self.rate_hz)
        self._reported = max(self._reported, heard, float(self._floor))
        return self.origin_s + self._reported / self.rate_hz

    def unheard(self) -> AudioChunk:
        """What is queued and not taken yet. For the moment between two devices: nothing may be rendering."""
        self.flush()
        blocks = [block for block in (self._current, *self._blocks) if block and block.era == self._era]
        pieces = [block.samples[max(0, self._consumed - block.start) :] for block in blocks]
        return AudioChunk(np.concatenate([np.zeros(0, np.int16), *pieces]).tobytes(), self.rate_hz)

    def take_over(self, other: Mixer) -> None:
        """Be as loud as `other`, held if it is, and tapped by whom it is. Before anything is queued or rendered here."""
        self.tap = other.tap
        self._wanted_gain = self._aimed_gain = other._wanted_gain
        self._gain = _Ramp(self._wanted_gain[0])
        self.hold(held=other.held)

    def _append(self, samples: Samples) -> None:
        if len(samples):
            self._blocks.append(_Block(samples, self._written, self._era))
            self._written += len(samples)

    @property
    def _passed(self) -> int:
        return max(self._consumed, self._floor)

    def _cut_index(self) -> int:
        if self._held:
            return self._passed
        return min(self._written, self._passed + round(FADE_S * self.rate_hz))

    def _seconds(self, index: int) -> float:
        return self.origin_s + index / self.rate_hz

    # ---- the rendering side

    def render(self, out: Samples, heard_at: float) -> list[Span]:
        """Fill `out` (N,) with what comes next, silence where there is nothing.

        heard_at: monotonic seconds at which out[0] leaves the device. Returns the stretches of content in it.
        """
        era, held = self._era, self._held
        self._aim(open_gate=not held and era == self._heard_era)
        filled = 0
        spans: list[Span] = []
        while filled < len(out):
            if not self._gate_open and self._gate.steady and not self._reopened(era, held=held):
                break
            block = self._next_block()
            if block is None:
                break
            if block.era > self._heard_era and not self._gate_open and not self._reopened(era, held=held):
                break
            span = self._copy(block, out[filled:], heard_at + filled / self.rate_hz)
            self._spans.append(span)
            spans.append(span)
            filled += span.count
        out[filled:] = 0
        if filled < len(out):
            self._rest(era, held=held)
        if self.tap is not None:
            self.tap(out, self.rate_hz, heard_at)
        return spans

    def _aim(self, *, open_gate: bool) -> None:
        wanted = self._wanted_gain
        if wanted is not self._aimed_gain:
            self._aimed_gain = wanted
            self._gain.aim(*wanted)
        if open_gate != self._gate_open:
            self._gate_open = open_gate
            self._gate.aim(float(open_gate), round(FADE_S * self.rate_hz))

    def _reopened(self, era: int, *, held: bool) -> bool:
        """The fade is over. After a stop the dropped blocks go and the newer ones may play; a pause holds on."""
        self._forget_older_than(era)
        if held:
            return False
        self._gate_open = True
        self._gate = _Ramp(1.0)
        return True

    def _rest(self, era: int, *, held: bool) -> None:
        """Nothing sounds any more: fades and ramps are over, whatever comes next begins at its full loudness."""
        self._forget_older_than(era)
        self._gain = _Ramp(self._aimed_gain[0])
        self._gate = _Ramp(0.0 if held else 1.0)
        self._gate_open = not held

    def _forget_older_than(self, era: int) -> None:
        if self._current is not None and self._current.era < era:
            self._current = None
        while self._blocks and self._blocks[0].era < era:
            self._blocks.popleft()
        self._heard_era = era

    def _next_block(self) -> _Block | None:
        if self._current is None and self._blocks:
            self._current = self._blocks.popleft()
            self._consumed = max(self._consumed, self._current.start)
        return self._current

    def _copy(self, block: _Block, out: Samples, heard_at: float) -> Span:
        start = self._consumed
        offset = start - block.start
        count = min(len(out), len(block.samples) - offset)
        if not self._gate_open and not self._gate.steady:
            count = min(count, self._gate.samples_left)
        source = block.samples[offset : offset + count]
        if self._gain.steady and self._gate.steady and self._gain.value == self._gate.value == 1.0:
            out[:count] = source
        else:
            loud = source * self._gain.take(count) * self._gate.take(count)
            out[:count] = np.clip(np.rint(loud), _QUIETEST, _LOUDEST)
        self._consumed = start + count
        if offset + count == len(block.samples):
            self._current = None
        return Span(heard_at, start, count)
