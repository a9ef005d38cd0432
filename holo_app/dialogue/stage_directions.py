"""Tags in an answer, as language models write them ("[happy] Hello!", "[curious, tilt]"): read, and never said.

A tag goes with the clause that follows it, at an answer's end with the last one. What stands in brackets and is no tag is text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, TypeAlias

from holo_app.dialogue.clauses import ClauseSplitter
from holo_app.domain.acting import Gesture
from holo_app.domain.avatar import Expression

Direction: TypeAlias = Expression | Gesture

_NAMES: Final[dict[Direction, str]] = {
    Expression.NEUTRAL: "neutral calm",
    Expression.HAPPY: "happy joy smile smiles smiling cheerful friendly excited delighted pleased",
    Expression.CURIOUS: "curious interested questioning surprised",
    Expression.SORRY: "sorry sad apologetic concerned regretful sympathetic",
    Expression.THINKING: "thinking thoughtful pondering considering",
    Expression.LISTENING: "listening attentive",
    Gesture.NOD: "nod nods nodding",
    Gesture.SHAKE: "shake shakes headshake",
    Gesture.TILT: "tilt tilts",
    Gesture.SHRUG: "shrug shrugs shrugging",
    Gesture.BOW: "bow bows bowing",
}
_TAGS: Final = {name: direction for direction, names in _NAMES.items() for name in names.split()}
_TAG = re.compile(r"\[([^\[\]\n]{1,40})\]")
_RUN = re.compile(r"\s*(?:\[[^\[\]\n]{1,40}\]\s*)+")
_OPEN_END = re.compile(r"(?:\s|\[[^\[\]\n]{1,40}\])*(?:\[[^\[\]\n]{0,40})?$")
"""The end of a text in which a tag may begin or go on."""
_CLINGS = ".,;:!?…)"


@dataclass(frozen=True, slots=True)
class Clause:
    """A piece of an answer to be spoken, and how, as far as the answer says so itself."""

    text: str
    directions: tuple[Direction, ...] = ()


class Script:
    """Feed an answer as it streams; get its text without tags, and the clauses that can be spoken."""

    def __init__(self) -> None:
        self._splitter = ClauseSplitter()
        self._held = ""
        self._text = ""
        self._split_until = 0
        self._marks: list[tuple[int, Direction]] = []

    @property
    def pending(self) -> str:
        """The text that has come and is not yet part of a clause."""
        return self._splitter.pending

    def push(self, text: str) -> tuple[str, list[Clause]]:
        """Add text; returns what of it is text, and the clauses that are complete now."""
        text = self._held + text
        open_end = _OPEN_END.search(text)
        until = open_end.start() if open_end is not None else len(text)
        self._held = text[until:]
        plain = self._without_tags(text[:until])
        return plain, self._clauses(self._splitter.push(plain))

    def flush(self) -> tuple[str, list[Clause]]:
        """The rest, when the answer has ended."""
        plain = self._without_tags(self._held)
        self._held = ""
        pieces = [*self._splitter.push(plain), *self._splitter.flush()]
        return plain, self._clauses(pieces, over=True)

    def _without_tags(self, text: str) -> str:
        plain, done = "", 0
        for run in _RUN.finditer(text):
            plain += text[done : run.start()]
            plain += self._read(run.group(), at=len(self._text) + len(plain), following=text[run.end() : run.end() + 1])
            done = run.end()
        plain += text[done:]
        self._text += plain
        return plain

    def _read(self, run: str, *, at: int, following: str) -> str:
        """Note the tags of a row of brackets; returns what else stands there."""
        tags = [directions_in(tag.group(1)) for tag in _TAG.finditer(run)]
        if not any(tags):
            return run
        self._marks += [(at, direction) for tag in tags for direction in tag]
        words = _TAG.sub(lambda tag: " " if directions_in(tag.group(1)) else tag.group(), run).split()
        before = " " if at else ""
        after = "" if not following or following in _CLINGS else " "
        return f"{before}{' '.join(words)}{after}" if words else before and after

    def _clauses(self, pieces: list[str], *, over: bool = False) -> list[Clause]:
        clauses = []
        for place, piece in enumerate(pieces, start=1):
            self._split_until = self._text.index(piece, self._split_until) + len(piece)
            last = over and place == len(pieces)
            mine = [mark for mark in self._marks if last or mark[0] < self._split_until]
            self._marks = self._marks[len(mine) :]
            clauses.append(Clause(piece, tuple(direction for _, direction in mine)))
        return clauses


def whole_script(text: str) -> list[Clause]:
    """The clauses of a text that is there at once."""
    script = Script()
    return script.push(text)[1] + script.flush()[1]


def directions_in(tag: str) -> tuple[Direction, ...]:
    """What a tag asks for, without its brackets; nothing where any word of it is unknown."""
    known = [_TAGS.get(word) for word in re.split(r"[\s,/&+]+", tag.strip().lower())]
    return tuple(direction for direction in known if direction is not None) if all(known) else ()


def directed(text: str) -> Clause:
    """A text that is there at once, without its tags."""
    script = Script()
    plain, _ = script.push(text)
    rest, _ = script.flush()
    return Clause((plain + rest).strip(), tuple(tag for run in _TAG.findall(text) for tag in directions_in(run)))
