"""A cloud avatar's pictures on their way from the engine's thread to the one that draws, each shown when its sound is heard.

While nothing has to wait the newest one wins. While the avatar speaks, pictures wait for the loudspeaker: sound comes from
the network a quarter of a second before it is heard. When it is still its pictures wait as long, or it would jump each time.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from typing import Final

from holo_app.dialogue.notices import Notice, PicturesScheduled, SpeechCut
from holo_app.ports.avatar import AvatarFrame

_REMEMBERED: Final = 8
"""Utterances of which is known where they are on the content timeline."""
_STALE_S: Final = 0.5
"""An avatar whose pictures do not come any more is none: the local character goes on with its voice."""
_LONGEST_WAIT_S: Final = 4.0
_LONGEST_LAG_S: Final = 1.0
_LEARNT: Final = 0.2
_USUAL_STEP_S: Final = 0.04
_SURELY_AT_REST_S: Final = 0.5
"""Older than this a picture without sound does not show the beginning of an utterance that was not known yet."""
_MOST_BYTES: Final = 160 * 2**20


class CloudFrames:
    """An AvatarScreen, and what the screen asks for the picture of each of its frames. Every method from any thread.

    most_bytes: of pictures that wait; of more the oldest are dropped. clock: monotonic seconds.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic, *, most_bytes: int = _MOST_BYTES) -> None:
        self._clock = clock
        self._most_bytes = most_bytes
        self._lock = threading.Lock()
        self._waiting: deque[AvatarFrame] = deque()
        self._waiting_bytes = 0
        self._shown: AvatarFrame | None = None
        self._came_s: float | None = None
        self._starts_s: OrderedDict[int, float] = OrderedDict()
        self._cuts_s: OrderedDict[int, float] = OrderedDict()
        self._lag_s = 0.0
        self._step_s = _USUAL_STEP_S
        self._last: AvatarFrame | None = None
        self._resting: AvatarFrame | None = None
        self._rests: AvatarFrame | None = None

    def publishing(self, publish: Callable[[Notice], None]) -> Callable[[Notice], None]:
        """The same, but what concerns the pictures is taken note of first."""

        def both(notice: Notice) -> None:
            self.take(notice)
            publish(notice)

        return both

    def take(self, notice: Notice) -> None:
        """Learn where an utterance is on the speaker's timeline, and what of it will not be heard."""
        if isinstance(notice, PicturesScheduled):
            with self._lock:
                _remember(self._starts_s, notice.utterance, notice.start_s)
        elif isinstance(notice, SpeechCut):
            with self._lock:
                for utterance, start_s in self._starts_s.items():
                    self._cut(utterance, max(notice.at_s - start_s, 0.0))
                self._rest()

    def show(self, frame: AvatarFrame) -> None:
        with self._lock:
            self._came_s = self._clock()
            self._pace(frame)
            self._waiting.append(frame)
            self._waiting_bytes += frame.size_bytes
            while self._waiting_bytes > self._most_bytes and len(self._waiting) > 1:
                self._next()

    def cut(self, utterance: int, sound_s: float = 0.0) -> None:
        with self._lock:
            self._cut(utterance, sound_s)

    def clear(self) -> None:
        with self._lock:
            self._clear()

    def due(self, position_s: float, now_s: float) -> AvatarFrame | None:
        """The picture for now; None: the local character is shown.

        Args: position_s: what is heard of the content timeline when the picture is seen. now_s: of the clock.
        """
        with self._lock:
            if self._came_s is None or now_s - self._came_s > _STALE_S:
                self._clear()
                return None
            while self._waiting and self._is_due(self._waiting[0], position_s, now_s):
                frame = self._next()
                if not self._is_cut(frame) and now_s - frame.at_s < _LONGEST_WAIT_S:
                    self._show(frame, now_s)
            return self._shown

    def _show(self, frame: AvatarFrame, now_s: float) -> None:
        if frame.sound_s is not None:
            lag_s = min(max(now_s - frame.at_s, 0.0), _LONGEST_LAG_S)
            self._lag_s += _LEARNT * (lag_s - self._lag_s) if self._lag_s else lag_s
        elif self._rests is None or frame.at_s - self._rests.at_s > _SURELY_AT_REST_S:
            self._resting, self._rests = self._rests, frame
        self._shown = frame

    def _rest(self) -> None:
        """Close the mouth at once: the avatar itself learns of an interruption only over the network."""
        if self._shown is not None and self._shown.sound_s is not None and self._resting is not None:
            self._shown = self._resting

    def _is_due(self, frame: AvatarFrame, position_s: float, now_s: float) -> bool:
        if frame.sound_s is None:
            return now_s >= frame.at_s + self._lag_s
        if self._is_cut(frame) or now_s - frame.at_s >= _LONGEST_WAIT_S:
            return True
        start_s = self._starts_s.get(frame.utterance)
        # half a step early: a picture stands until the next one, and its moment is to be in the middle
        return start_s is not None and position_s >= start_s + frame.sound_s - self._step_s / 2

    def _is_cut(self, frame: AvatarFrame) -> bool:
        return frame.sound_s is not None and frame.sound_s >= self._cuts_s.get(frame.utterance, float("inf"))

    def _cut(self, utterance: int, sound_s: float) -> None:
        last = self._last
        if last is not None and last.utterance == utterance and last.sound_s is not None and last.sound_s >= sound_s:
            self._lag_s = 0.0  # nothing is waited for any more: it is still as soon as it is seen to be
        _remember(self._cuts_s, utterance, min(sound_s, self._cuts_s.get(utterance, sound_s)))

    def _pace(self, frame: AvatarFrame) -> None:
        last, self._last = self._last, frame
        if last is None or last.sound_s is None or frame.sound_s is None or last.utterance != frame.utterance:
            return
        step_s = frame.sound_s - last.sound_s
        if 0 < step_s < 4 * _USUAL_STEP_S:
            self._step_s += _LEARNT * (step_s - self._step_s)

    def _next(self) -> AvatarFrame:
        frame = self._waiting.popleft()
        self._waiting_bytes -= frame.size_bytes
        return frame

    def _clear(self) -> None:
        self._waiting.clear()
        self._waiting_bytes = 0
        self._shown = self._came_s = self._last = self._resting = self._rests = None


def _remember(known: OrderedDict[int, float], utterance: int, seconds: float) -> None:
    known[utterance] = seconds
    while len(known) > _REMEMBERED:
        known.popitem(last=False)
