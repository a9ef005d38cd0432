"""When to tell a customer that only some languages are understood when they are spoken."""

from __future__ import annotations


class HearingAdvice:
    """Counts the spoken turns of a visit of which nothing was understood: `after` of them in a row, and it is time.

    A recogniser of one language writes down every other one as nonsense, and nobody can tell that from a mumble; a second
    time in a row it is worth a word. Then the count starts anew, so that nobody is told twice running.
    """

    def __init__(self, *, after: int = 2) -> None:
        self._after = after
        self._lost = 0
        self.shown = False
        """Whether the screen points at the other ways: from the advice until something is understood."""

    @property
    def due(self) -> bool:
        """Whether it is time if the next turn is not understood either."""
        return self._lost + 1 >= self._after

    def heard(self, *, understood: bool) -> None:
        """A spoken turn was answered."""
        if understood:
            self.forget()
        elif self.due:
            self.give()
        else:
            self._lost += 1

    def give(self) -> None:
        """The customer is told now."""
        self._lost, self.shown = 0, True

    def forget(self) -> None:
        """Something was understood, typed or chosen; or the customer left."""
        self._lost, self.shown = 0, False
