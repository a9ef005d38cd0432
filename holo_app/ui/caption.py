"""Which words are on the screen, and which of them have been heard. Pure: no Qt, no clock.

The character's clauses come with their place on the speaker's content timeline. They are laid out on *pages* that do
not change while they are spoken, so that lines never jump under the reader's eyes; words light up as they are heard.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

PAGE_CHARS = 96
"""What fits in three large lines of a portrait screen."""

_WORD = re.compile(r"\S+")
_CUT_MARK = " …"


@dataclass(frozen=True, slots=True)
class Clause:
    """One spoken clause; seconds of the speaker's content timeline."""

    text: str
    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True)
class CaptionInputs:
    """Everything that decides on the captions.

    reply_is_old: the customer has spoken, or the character has finished, since the last clause; the next clause begins
    a new reply. customer_is_newer: the customer's words came after the last clause. position_s: what the customer has
    heard of the content timeline.
    """

    customer: str = ""
    customer_final: bool = True
    clauses: tuple[Clause, ...] = ()
    reply_is_old: bool = False
    customer_is_newer: bool = False
    position_s: float = 0.0


@dataclass(frozen=True, slots=True)
class CaptionProps:
    """What is shown. spoken_chars: length of the part of reply_text that was heard (up to a word's end)."""

    customer_text: str = ""
    customer_final: bool = True
    reply_text: str = ""
    spoken_chars: int = 0


def customer_said(inputs: CaptionInputs, text: str, *, final: bool) -> CaptionInputs:
    """The customer's caption is replaced; an empty text takes it away."""
    text = " ".join(text.split())
    return replace(
        inputs,
        customer=text,
        customer_final=final,
        reply_is_old=inputs.reply_is_old or bool(text),
        customer_is_newer=inputs.customer_is_newer or bool(text),
    )


def clause_planned(inputs: CaptionInputs, clause: Clause) -> CaptionInputs:
    """The character will say this. What is still being heard of an older reply stays until it is over.

    A clause that comes again, with the same text and start, only brings a better end: it was told while it was being made.
    """
    clause = replace(clause, text=" ".join(clause.text.split()))
    if not clause.text:
        return inputs
    kept = inputs.clauses
    if any(_same(clause, old) for old in kept):
        return replace(inputs, clauses=tuple(clause if _same(clause, old) else old for old in kept))
    if inputs.reply_is_old:
        kept = tuple(old for old in kept if old.end_s > inputs.position_s)
    return replace(inputs, clauses=(*kept, clause), reply_is_old=False, customer_is_newer=False)


def _same(clause: Clause, old: Clause) -> bool:
    return (clause.text, clause.start_s) == (old.text, old.start_s)


def reply_over(inputs: CaptionInputs) -> CaptionInputs:
    """The character stopped speaking: its words stay readable until something new is said, and not beside that.

    What was heard last may lie a sample short of the end that was planned: the words end where the sound did.
    """
    ended = tuple(replace(clause, end_s=min(clause.end_s, inputs.position_s)) for clause in inputs.clauses)
    return replace(inputs, clauses=ended, reply_is_old=True)


def speech_cut(inputs: CaptionInputs, at_s: float) -> CaptionInputs:
    """What comes after `at_s` will not be heard: whole clauses go, the one being spoken ends where it was cut."""
    kept = []
    for clause in inputs.clauses:
        if clause.start_s >= at_s:
            continue
        if clause.end_s > at_s:
            heard = clause.text[: heard_chars(clause, at_s)]
            kept.append(Clause(heard + _CUT_MARK, clause.start_s, at_s))
        else:
            kept.append(clause)
    return replace(inputs, clauses=tuple(kept), reply_is_old=True)


def heard_chars(clause: Clause, position_s: float) -> int:
    """How many characters of the clause have begun to sound, up to a word's end: time is shared out by word length."""
    if position_s >= clause.end_s:
        return len(clause.text)
    if position_s < clause.start_s:
        return 0
    share = (position_s - clause.start_s) / max(clause.end_s - clause.start_s, 1e-6)
    reached = 0
    for word in _WORD.finditer(clause.text):
        if word.start() / len(clause.text) > share:
            break
        reached = word.end()
    return reached


def pages(clauses: tuple[Clause, ...], *, limit: int = PAGE_CHARS) -> list[list[Clause]]:
    """Clauses laid out on pages of at most `limit` characters; a clause that is too long is divided between words."""
    laid: list[list[Clause]] = []
    used = 0
    for clause in clauses:
        for piece in _pieces(clause, limit):
            if laid and used + 1 + len(piece.text) <= limit:
                laid[-1].append(piece)
                used += 1 + len(piece.text)
            else:
                laid.append([piece])
                used = len(piece.text)
    return laid


def derive_caption(inputs: CaptionInputs) -> CaptionProps:
    """The captions of this instant."""
    position = inputs.position_s
    over = not inputs.clauses or position >= inputs.clauses[-1].end_s
    if over and inputs.customer_is_newer and inputs.customer:
        return CaptionProps(inputs.customer, inputs.customer_final)
    shown = _page_at(pages(inputs.clauses), position)
    spoken = 0
    text = ""
    for clause in shown:
        text += (" " if text else "") + clause.text
        if clause.start_s <= position:
            spoken = len(text) - len(clause.text) + heard_chars(clause, position)
    return CaptionProps(inputs.customer, inputs.customer_final, text, spoken)


def _page_at(laid: list[list[Clause]], position_s: float) -> list[Clause]:
    shown: list[Clause] = []
    for page in laid:
        if shown and page[0].start_s > position_s:
            break
        shown = page
    return shown


def _pieces(clause: Clause, limit: int) -> list[Clause]:
    if len(clause.text) <= limit:
        return [clause]
    spans: list[tuple[int, int]] = []
    for word in _WORD.finditer(clause.text):
        if spans and word.end() - spans[-1][0] <= limit:
            spans[-1] = (spans[-1][0], word.end())
        else:
            spans.append((word.start(), word.end()))
    pace = (clause.end_s - clause.start_s) / len(clause.text)
    ends = [start for start, _ in spans[1:]] + [len(clause.text)]
    return [
        Clause(clause.text[start:end], clause.start_s + start * pace, clause.start_s + following * pace)
        for (start, end), following in zip(spans, ends, strict=True)
    ]
