"""How a clause is acted: as its tags ask, or as its words suggest. Data lives in resources/language/<code>/acting.toml."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from holo_app.dialogue.stage_directions import Clause
from holo_app.dialogue.turn_words import words_of
from holo_app.domain.acting import FaceCue, Gesture, GestureCue
from holo_app.domain.avatar import Expression

_FACE_ONLY: Final = "face"
_LONGEST_PHRASE: Final = 6
_TILTS_AT: Final = 0.55  # of a question: the head leans while the answer is awaited
_QUESTION: Final = 1.0
_WEIGHT: Final[Mapping[Expression, float]] = {Expression.SORRY: 3.0, Expression.THINKING: 2.0}
"""An apology outweighs the question or the greeting that it comes with; every other phrase counts 1.1, more than a "?"."""
_OTHER: Final = 1.1


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What one phrase suggests."""

    expression: Expression
    gesture: Gesture | None


@dataclass(frozen=True, slots=True)
class ActingWords:
    """What the phrases of one language suggest; lower case, without punctuation, words parted by one space."""

    phrases: Mapping[str, Suggestion] = field(default_factory=dict)

    @classmethod
    def from_table(cls, table: Mapping[str, Mapping[str, Sequence[str]]]) -> ActingWords:
        """From expression → gesture (or `face` for none) → phrases. Raises: ValueError: a name that is not known."""
        return cls(
            {
                " ".join(words_of(phrase)): Suggestion(
                    Expression(expression), None if gesture == _FACE_ONLY else Gesture(gesture)
                )
                for expression, gestures in table.items()
                for gesture, phrases in gestures.items()
                for phrase in phrases
            }
        )


@dataclass(frozen=True, slots=True)
class Acting:
    """How one clause is said. gestures: each with its place in the clause, 0..1."""

    expression: Expression = Expression.NEUTRAL
    gestures: tuple[tuple[Gesture, float], ...] = ()

    def timed(self, start_s: float, end_s: float) -> FaceCue:
        """The same on a timeline."""
        gestures = (GestureCue(gesture, start_s + place * (end_s - start_s)) for gesture, place in self.gestures)
        return FaceCue(self.expression, start_s, end_s, tuple(gestures))


def suggested(text: str, words: ActingWords) -> Acting:
    """What the words of a clause suggest; neutral where they say nothing about it."""
    spoken = words_of(text)
    scores: dict[Expression, float] = {}
    gestures: dict[Gesture, float] = {}
    if text.rstrip("\"'”’) ").endswith("?"):
        scores[Expression.CURIOUS] = _QUESTION
        gestures[Gesture.TILT] = _TILTS_AT
    for place, suggestion in _suggestions(spoken, words):
        face = suggestion.expression
        if face is not Expression.NEUTRAL:
            scores[face] = scores.get(face, 0.0) + _WEIGHT.get(face, _OTHER)
        if suggestion.gesture is not None:
            gestures.setdefault(suggestion.gesture, place)
    expression = max(scores, key=lambda face: scores[face]) if scores else Expression.NEUTRAL
    return Acting(expression, tuple(sorted(gestures.items(), key=lambda item: item[1])))


def _suggestions(spoken: list[str], words: ActingWords) -> list[tuple[float, Suggestion]]:
    """The phrases that are there, the longest at each word ("no problem" is no "no"), with their places, 0..1."""
    found = []
    at = 0
    while at < len(spoken):
        longest = range(min(_LONGEST_PHRASE, len(spoken) - at), 0, -1)
        size = next((n for n in longest if " ".join(spoken[at : at + n]) in words.phrases), 0)
        if size:
            found.append((at / len(spoken), words.phrases[" ".join(spoken[at : at + size])]))
        at += size or 1
    return found


class Director:
    """Directs one answer, clause by clause.

    A tag's expression stays for the clauses that follow, until another tag or until the words of one suggest something else.
    """

    def __init__(self, words: ActingWords) -> None:
        self._words = words
        self._asked = Expression.NEUTRAL

    def direct(self, clause: Clause) -> Acting:
        """How to say the next clause."""
        content = suggested(clause.text, self._words)
        faces = [direction for direction in clause.directions if isinstance(direction, Expression)]
        moves = [direction for direction in clause.directions if isinstance(direction, Gesture)]
        if faces:
            self._asked = faces[-1]
        wanted = content.expression is not Expression.NEUTRAL and not faces
        # where the answer says how to move, nothing is made up beside it
        gestures = tuple((move, place / len(moves)) for place, move in enumerate(moves)) if moves else content.gestures
        return Acting(content.expression if wanted else self._asked, gestures)
