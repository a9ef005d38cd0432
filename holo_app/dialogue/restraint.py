"""How far the character holds back while somebody else makes a sound: not at all, ducked, or silent where it is."""

from __future__ import annotations

from holo_app.dialogue import commands as cmd


class Restraint:
    """Knows what the speaker was told, so that nothing is told twice and everything is taken back. Each call returns commands.

    A reply that is over, stopped or thrown away takes its restraint with it: `forget`.
    """

    def __init__(self) -> None:
        self._ducked_at: float | None = None
        self._held_at: float | None = None

    def duck(self, at: float) -> list[cmd.Command]:
        """Somebody may have begun to speak."""
        if self._ducked_at is not None:
            return []
        self._ducked_at = at
        return [cmd.Duck()]

    def hold(self, at: float) -> list[cmd.Command]:
        """Somebody speaks, and it is not clear yet whether to the kiosk."""
        if self._held_at is not None:
            return []
        self._held_at = at
        return [*self.duck(at), cmd.Hold()]

    def ducked_for_s(self, at: float) -> float:
        """How long the character has been ducked; 0 if it is not."""
        return 0.0 if self._ducked_at is None else at - self._ducked_at

    def held_for_s(self, at: float) -> float:
        """How long the character has been silent in mid-answer; 0 if it is not."""
        return 0.0 if self._held_at is None else at - self._held_at

    def let_go(self) -> list[cmd.Command]:
        """It was none of the reply's business: on at the same sample, at full loudness."""
        out: list[cmd.Command] = []
        if self._held_at is not None:
            out.append(cmd.Resume())
        if self._ducked_at is not None:
            out.append(cmd.Unduck())
        self.forget()
        return out

    def forget(self) -> None:
        """There is no reply any more."""
        self._ducked_at = self._held_at = None
