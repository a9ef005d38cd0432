from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holo_app.audio.virtual import VirtualSpeaker
from holo_app.bootstrap.acting import acting_words
from holo_app.bootstrap.phrases import all_phrases
from holo_app.dialogue.acting import Acting, ActingWords, Director, suggested
from holo_app.dialogue.answering import Answering, Question
from holo_app.dialogue.clauses import pieces_of
from holo_app.dialogue.notices import CharacterCaption, FaceScheduled, Notice
from holo_app.dialogue.reply import Reply, Voice
from holo_app.dialogue.stage_directions import Clause, Script, directed, directions_in
from holo_app.dialogue.troubles import TroubleBoard
from holo_app.domain.acting import FaceCue, Gesture, GestureCue
from holo_app.domain.avatar import Expression
from tests.dialogue.world import AVA
from tests.fakes.answers import FakeAnswerer, FakeRetriever
from tests.fakes.tts import FakeTts
from tests.fakes.virtual_time import VirtualClock, virtual_time

WORDS = acting_words()
HAPPY, CURIOUS, SORRY, NEUTRAL = Expression.HAPPY, Expression.CURIOUS, Expression.SORRY, Expression.NEUTRAL


def _read(*deltas: str) -> tuple[str, list[Clause]]:
    script = Script()
    text, clauses = "", list[Clause]()
    for delta in deltas:
        plain, complete = script.push(delta)
        text += plain
        clauses += complete
    plain, rest = script.flush()
    return text + plain, clauses + rest


def test_tags_are_read_and_not_said() -> None:
    text, clauses = _read("[happy] Hello there! [curious, tilt] What can I do for you?")
    assert text == "Hello there! What can I do for you?"
    assert clauses == [
        Clause("Hello there!", (HAPPY,)),
        Clause("What can I do for you?", (CURIOUS, Gesture.TILT)),
    ]


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("[Sorry]We are closed.", "We are closed."),
        ("We are [sad] closed.", "We are closed."),
        ("We are closed [sorry].", "We are closed."),
        ("Well[shrug]who knows", "Well who knows"),
        ("See [1] and [sic], please.", "See [1] and [sic], please."),
        ("See [1] [nod] and go.", "See [1] and go."),
        ("See [1][nod], and go.", "See [1], and go."),
        ("[happy][nod] Yes!", "Yes!"),
        ("[happy dance] Yes!", "[happy dance] Yes!"),
        ("Open [happy", "Open [happy"),
        ("An array[0]", "An array[0]"),
        ("[]", "[]"),
        ("[note][happy] Yes", "[note] Yes"),
    ],
)
def test_what_is_no_tag_stays(written: str, plain: str) -> None:
    assert _read(written)[0].strip() == plain
    assert _read(*written)[0].strip() == plain, "the same, letter by letter"
    assert directed(written).text == plain


@given(st.lists(st.sampled_from(["[happy]", "[nod]", "[sic]", "[", "]", "Hi.", " ", "a, b", "?", "\n"]), max_size=14))
def test_it_does_not_matter_how_an_answer_is_cut_into_pieces(parts: list[str]) -> None:
    whole = "".join(parts)
    by_letter, at_once = _read(*whole), _read(whole)
    assert by_letter[0].split() == at_once[0].split()
    assert not any(tag in by_letter[0] for tag in ("[happy]", "[nod]"))
    spoken = "".join(clause.text for clause in by_letter[1])
    assert "".join(spoken.split()) == "".join(by_letter[0].split())
    assert "".join(clause.text for clause in at_once[1]).split() == spoken.split()


def test_a_tag_at_the_very_end_goes_with_the_last_clause() -> None:
    _, clauses = _read("We are closed. Come back soon! [happy] [bow]")
    assert clauses == [Clause("We are closed."), Clause("Come back soon!", (HAPPY, Gesture.BOW))]
    assert _read("[happy]") == ("", [])
    assert directed("Good day [bow]") == Clause("Good day", (Gesture.BOW,))


def test_many_names_for_one_thing() -> None:
    assert directions_in(" Smiling ") == (HAPPY,)
    assert directions_in("apologetic/shake") == (SORRY, Gesture.SHAKE)
    assert directions_in("happy banana") == ()


@pytest.mark.parametrize(
    ("language", "text", "expression", "gestures"),
    [
        ("en", "Hello there!", HAPPY, [Gesture.BOW]),
        ("en", "I'm sorry, we don't have that one.", SORRY, [Gesture.SHAKE]),
        ("en", "What are you looking for?", CURIOUS, [Gesture.TILT]),
        ("en", "No problem.", HAPPY, [Gesture.NOD]),
        ("en", "No.", NEUTRAL, [Gesture.SHAKE]),
        ("en", "Yes, it is 4 metres long.", NEUTRAL, [Gesture.NOD]),
        ("en", "I'm afraid I don't know.", SORRY, [Gesture.SHRUG]),
        ("en", "One moment, please.", Expression.THINKING, []),
        ("en", "The lamp costs 40 pounds.", NEUTRAL, []),
        ("en", "I'm sorry, could you say that again?", SORRY, [Gesture.TILT]),
        ("en", "Gladly! Anything else?", HAPPY, [Gesture.NOD, Gesture.TILT]),
        ("de", "Guten Tag!", HAPPY, [Gesture.BOW]),
        ("de", "Leider nein, ausverkauft.", SORRY, [Gesture.SHAKE]),
        ("de", "Welches meinen Sie?", CURIOUS, [Gesture.TILT]),
        ("de", "Ja, gern.", HAPPY, [Gesture.NOD]),
        ("fr", "Bonjour !", HAPPY, [Gesture.BOW]),
        ("fr", "Désolé, je ne sais pas.", SORRY, [Gesture.SHRUG]),
        ("fr", "Que voulez-vous savoir ?", CURIOUS, [Gesture.TILT]),
        ("fr", "D’accord, avec plaisir !", HAPPY, [Gesture.NOD]),
    ],
)
def test_words_suggest_how_to_say_them(
    language: str, text: str, expression: Expression, gestures: list[Gesture]
) -> None:
    acting = suggested(text, WORDS[language])
    assert acting.expression is expression
    assert [gesture for gesture, _ in acting.gestures] == gestures


@pytest.mark.parametrize("language", ["en", "de", "fr"])
def test_what_the_shop_says_word_for_word_is_acted(language: str) -> None:
    phrases = all_phrases()[language]
    expected = {
        "greeting": HAPPY,
        "thanks": HAPPY,
        "goodbye": HAPPY,
        "filler": Expression.THINKING,
        "not_in_shop": SORRY,
        "stock_none": SORRY,
        "insult": SORRY,
        "which_product": CURIOUS,
        "which_of": CURIOUS,
    }
    for key, expression in expected.items():
        for text in phrases[key]:
            shown = {suggested(piece, WORDS[language]).expression for piece in pieces_of(text)}
            assert expression in shown, (key, text, shown)
    for key in ("price", "value", "attribute", "describe_intro", "compare_intro"):
        for text in phrases[key]:
            assert suggested(text, WORDS[language]) == Acting(), (key, text)


def test_a_misspelt_file_is_refused() -> None:
    with pytest.raises(ValueError, match="joyful"):
        ActingWords.from_table({"joyful": {"face": ["hello"]}})
    with pytest.raises(ValueError, match="wink"):
        ActingWords.from_table({"happy": {"wink": ["hello"]}})


def test_a_tag_outlasts_its_clause_until_words_say_otherwise() -> None:
    director = Director(WORDS["en"])
    assert director.direct(Clause("It weighs 3 kilos.", (HAPPY,))).expression is HAPPY
    assert director.direct(Clause("It is made of oak.")).expression is HAPPY
    assert director.direct(Clause("Unfortunately it is heavy.")).expression is SORRY
    assert director.direct(Clause("It is blue.", (NEUTRAL,))) == Acting()
    assert director.direct(Clause("It is green.")) == Acting()


def test_gestures_that_are_asked_for_leave_no_room_for_others() -> None:
    acting = Director(WORDS["en"]).direct(Clause("Hello, are you well?", (Gesture.NOD, Gesture.SHRUG)))
    assert acting.expression is HAPPY
    assert acting.gestures == ((Gesture.NOD, 0.0), (Gesture.SHRUG, 0.5))
    assert acting.timed(10.0, 12.0) == FaceCue(
        HAPPY, 10.0, 12.0, (GestureCue(Gesture.NOD, 10.0), GestureCue(Gesture.SHRUG, 11.0))
    )


@virtual_time
async def test_an_answer_is_acted_as_it_is_said_and_its_tags_go_nowhere_else() -> None:
    clock, told, tts = VirtualClock(), list[Notice](), FakeTts()
    speaker = VirtualSpeaker(clock)
    voice = Voice(tts, speaker, clock, lambda text, _: text, told.append, TroubleBoard(told.append), acting=WORDS)
    answerer = FakeAnswerer("[sorry] We have none. [happy] But here is another.")
    answering = Answering(FakeRetriever(), [answerer], clock)
    reply = Reply(Question("A lamp?", "en", AVA), answering, voice, lambda _: None)
    reply.commit()
    await reply.run()
    assert reply.saying == reply.heard() == "We have none. But here is another."
    assert tts.spoken == ["We have none.", "But here is another."]
    captions = [notice for notice in told if isinstance(notice, CharacterCaption)]
    assert {caption.text for caption in captions} == {"We have none.", "But here is another."}
    faces = [notice.cue for notice in told if isinstance(notice, FaceScheduled)]
    assert [face.expression for face in faces] == [SORRY, SORRY, HAPPY, HAPPY]
    assert {(face.start_s, face.end_s) for face in faces} == {(c.start_s, c.end_s) for c in captions}
    await speaker.aclose()


@virtual_time
async def test_a_greeting_may_have_tags_too() -> None:
    clock, told, tts = VirtualClock(), list[Notice](), FakeTts()
    speaker = VirtualSpeaker(clock)
    voice = Voice(tts, speaker, clock, lambda text, _: text, told.append, TroubleBoard(told.append))
    reply = Reply(Question("[curious] New here?", "en", AVA), None, voice, lambda _: None)
    reply.commit()
    await asyncio.wait_for(reply.run(), 60)
    assert tts.spoken == ["New here?"]
    assert [notice.cue.expression for notice in told if isinstance(notice, FaceScheduled)] == [CURIOUS, CURIOUS]
    await speaker.aclose()
