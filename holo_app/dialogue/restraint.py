"""How far the character holds back while somebody else makes a sound: not at all, ducked, or silent where it is."""

from __future__ import annotations

from holo_app.dialogue import commands as cmd


class Restraint:
    """Knows what the speaker was told: nothing is told twice, and everything is taken back. Each call returns commands.

    duck_probability: of a frame that is enough to lower the voice, because that costs nothing. unduck_after_s: so long after
    it the voice is raised again, unless somebody has begun to speak. A reply that is over, stopped or thrown away takes its
    restraint with it: `forget`.
    """

    def __init__(self, duck_probability: float, unduck_after_s: float) -> None:
        self._duck_probability = duck_probability
        self._unduck_after_s = unduck_after_s
        self._ducked_at: float | None = None
        self._held_at: float | None = None

    def watch(self, probability: float, at: float) -> list[cmd.Command]:
        """A frame came in while the character speaks and nobody else does."""
        if probability >= self._duck_probability:
            return self.duck(at)
        if self._ducked_at is not None and at - self._ducked_at >= self._unduck_after_s:
            return self.let_go()
        return []

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
