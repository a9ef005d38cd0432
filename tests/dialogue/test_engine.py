"""Who has the floor: whole stories against the bare engine."""

from __future__ import annotations

import pytest

from holo_app.dialogue import commands as cmd
from holo_app.dialogue import events as ev
from holo_app.dialogue import inputs
from holo_app.dialogue.turn_state import TurnSettings
from holo_app.domain.kiosk import KioskState
from tests.dialogue.floor import FRAME_S, Floor

ANSWERED = [
    "OpenUtterance", "ShowState:listening", "Transcribe", "StartReply",
    "BeginVisit", "CommitReply", "CloseUtterance", "ShowState:thinking",
]  # fmt: skip


def test_a_question_is_prepared_in_silence_and_committed_once() -> None:
    floor = Floor()
    floor.quiet(0.5)
    floor.clear()
    floor.voice(1.5)
    floor.quiet(1.0)

    assert [n for n in floor.names() if n != "TranscribePartial"] == ANSWERED
    assert floor.when(cmd.StartReply) == pytest.approx(1.5 + TurnSettings().speculate_after_s, abs=0.05)
    assert floor.when(cmd.CommitReply) == pytest.approx(1.5 + 0.32, abs=0.05)
    assert floor.commands(cmd.ShowCustomer)[-1] == cmd.ShowCustomer("How much is the blue jacket?", final=True)


def test_a_patient_kiosk_asks_later() -> None:
    floor = Floor(settings=TurnSettings(speculate_after_s=0.2))
    floor.voice(1.0)
    floor.quiet(1.0)
    assert floor.when(cmd.Transcribe) == pytest.approx(1.2, abs=0.05)


def test_a_reply_is_spoken_and_the_kiosk_waits_for_more() -> None:
    floor = Floor()
    floor.asks()
    floor.clear()
    floor.audible()
    floor.quiet(2)
    floor.reply_over()
    assert floor.names() == ["ShowState:speaking", "ShowState:idle"]


def test_a_click_is_no_onset() -> None:
    floor = Floor()
    for _ in range(30):
        floor.voice(FRAME_S)
        floor.quiet(8 * FRAME_S)
    assert floor.log == []


def test_noise_without_words_leaves_no_trace() -> None:
    floor = Floor(texts=[""])
    floor.voice(0.5)
    floor.quiet(2)
    assert floor.names() == [
        "OpenUtterance", "ShowState:listening", "Transcribe", "ScoreEnd", "ScoreEnd",
        "CloseUtterance", "ShowState:attract",
    ]  # fmt: skip
    assert floor.commands(cmd.ShowCustomer) == [cmd.ShowCustomer("", final=True)]


def test_a_pause_after_a_trailing_word_is_waited_out() -> None:
    floor = Floor(texts=["I am looking for something for my", "I am looking for something for my daughter."])
    floor.voice(1.5)
    floor.quiet(1.0)
    assert floor.commands(cmd.CommitReply) == []
    assert floor.commands(cmd.StartReply) == []
    floor.voice(1.0)
    floor.quiet(1.0)
    assert [c.text for c in floor.commands(cmd.StartReply) if isinstance(c, cmd.StartReply)] == [
        "I am looking for something for my daughter."
    ]
    assert floor.commands(cmd.CommitReply) == [cmd.CommitReply(1)]


def test_whoever_trails_off_for_good_is_answered_in_the_end() -> None:
    floor = Floor(texts=["I am looking for something for my"])
    floor.voice(1.5)
    floor.quiet(1.5)
    assert [type(c) for c in floor.commands(cmd.StartReply, cmd.CommitReply)] == [cmd.StartReply, cmd.CommitReply]
    assert floor.when(cmd.CommitReply) == floor.when(cmd.StartReply) == pytest.approx(1.5 + 1.2, abs=0.05)


def test_a_sound_that_adds_no_words_keeps_the_answer_that_is_prepared() -> None:
    floor = Floor(texts=["I need a jacket."], sounds_done=0.1)
    floor.voice(1.0)
    floor.quiet(0.3)
    floor.voice(0.2)
    floor.quiet(1.5)
    assert [type(c) for c in floor.commands(cmd.StartReply, cmd.KeepReply, cmd.DiscardReply, cmd.CommitReply)] == [
        cmd.StartReply, cmd.KeepReply, cmd.CommitReply,
    ]  # fmt: skip
    kept = floor.commands(cmd.KeepReply)[0]
    assert isinstance(kept, cmd.KeepReply)
    assert kept.end_of_speech_at == pytest.approx(101.5, abs=0.05)


def test_more_words_replace_the_answer_that_is_prepared() -> None:
    floor = Floor(texts=["I need a jacket.", "I need a jacket for hiking."], sounds_done=0.1)
    floor.voice(1.0)
    floor.quiet(0.3)
    floor.voice(0.4)
    floor.quiet(1.5)
    assert [type(c) for c in floor.commands(cmd.StartReply, cmd.KeepReply, cmd.DiscardReply, cmd.CommitReply)] == [
        cmd.StartReply, cmd.DiscardReply, cmd.StartReply, cmd.CommitReply,
    ]  # fmt: skip


def test_one_voiced_frame_in_the_silence_is_a_click_and_costs_nothing() -> None:
    floor = Floor()
    floor.voice(1.0)
    floor.quiet(0.2)
    floor.voice(FRAME_S)
    floor.quiet(0.4)
    assert floor.commands(cmd.DiscardReply) == []
    assert len(floor.commands(cmd.CommitReply)) == 1


def test_the_end_of_turn_model_is_asked_again_as_silence_grows() -> None:
    floor = Floor(texts=["Maybe the blue"], sounds_done=0.1)
    floor.voice(1.0)
    floor.quiet(1.5)
    asked = [at for at, command in floor.log if isinstance(command, cmd.ScoreEnd)]
    assert asked == pytest.approx([1.0 + TurnSettings().speculate_after_s, 1.0 + 0.5, 1.0 + 0.8], abs=0.06)
    assert floor.when(cmd.CommitReply) <= 1.0 + 1.2 + 0.05


@pytest.mark.parametrize(
    ("scored_after_s", "ends_after_s"), [(0.1, 0.32), (0.4, 0.4), (2.0, 0.45)], ids=["early", "late", "never"]
)
def test_a_turn_waits_a_little_for_the_end_of_turn_model(scored_after_s: float, ends_after_s: float) -> None:
    floor = Floor(answers_itself=False)
    floor.voice(1.0)
    asked = floor.now
    floor.quiet(0.1)
    floor.feed(ev.Transcribed(floor.now, 1, 0, "I need a blue jacket."))
    while floor.now < asked + 1.0:
        floor.quiet(FRAME_S)
        if asked + scored_after_s <= floor.now < asked + scored_after_s + FRAME_S:
            floor.feed(ev.EndScored(floor.now, 1, 0, 0.9))
    assert floor.when(cmd.CommitReply) == pytest.approx(1.0 + ends_after_s, abs=0.05)


def test_whoever_goes_on_before_the_answer_sounds_is_not_talked_over() -> None:
    floor = Floor()
    floor.asks("I need a jacket.")
    assert floor.engine.state is KioskState.THINKING
    floor.clear()
    floor.texts = ["in blue, please."]
    floor.voice(0.6)
    assert floor.names()[:2] == ["OpenUtterance", "DiscardReply"]
    floor.quiet(1.0)
    started = floor.commands(cmd.StartReply)[-1]
    assert isinstance(started, cmd.StartReply)
    assert started.text == "I need a jacket. in blue, please."


def test_a_cough_before_the_answer_brings_the_answer_all_the_same() -> None:
    floor = Floor()
    floor.asks("I need a jacket.")
    floor.clear()
    floor.texts = [""]
    floor.voice(0.3)
    floor.quiet(1.0)
    assert floor.commands(cmd.CommitReply) != []
    again = floor.commands(cmd.StartReply)[-1]
    assert isinstance(again, cmd.StartReply)
    assert (again.turn, again.text) == (2, "I need a jacket.")


def test_partial_captions_come_while_the_customer_speaks() -> None:
    floor = Floor(partial="How much is")
    floor.voice(2.0)
    captions = floor.commands(cmd.ShowCustomer)
    assert captions[0] == cmd.ShowCustomer("How much is", final=False)
    assert len(floor.commands(cmd.TranscribePartial)) == 3


def test_an_outstanding_partial_is_not_asked_for_twice() -> None:
    floor = Floor(partial=None)
    floor.voice(3.0)
    assert len(floor.commands(cmd.TranscribePartial)) == 1


def test_an_empty_partial_shows_nothing() -> None:
    floor = Floor(partial="")
    floor.voice(1.0)
    assert floor.commands(cmd.ShowCustomer) == []


def speaking(text: str = "Sure, we have those in a size ten. They are eighty nine pounds.") -> Floor:
    """A floor on which the character is in the middle of its answer."""
    floor = Floor()
    floor.asks()
    floor.audible()
    floor.engine.saying = text
    floor.quiet(1.0)
    floor.clear()
    return floor


def test_an_interruption_ducks_then_stops_then_is_answered() -> None:
    floor = speaking()
    floor.texts = ["I meant the blue jacket."]
    floor.voice(1.5)
    floor.quiet(1.0)
    assert [n for n in floor.names() if n != "TranscribePartial"] == [
        "Duck", "OpenUtterance", "Hold", "Transcribe", "StopReply", "StartReply", "ScoreEnd", "ShowState:listening",
        "CommitReply", "CloseUtterance", "ShowState:thinking",
    ]  # fmt: skip
    assert floor.when(cmd.Duck) <= FRAME_S
    assert floor.when(cmd.Hold) <= 3 * FRAME_S


def test_words_that_go_on_stop_the_answer_before_they_end() -> None:
    floor = speaking()
    floor.partial = "I meant the"
    floor.voice(1.5)
    assert floor.when(cmd.StopReply) == pytest.approx(1.0, abs=0.1)


def test_a_noise_that_goes_on_holds_the_answer_for_two_seconds_only() -> None:
    floor = speaking()
    floor.partial, floor.texts = "", [""]
    floor.voice(4.0)
    floor.quiet(0.5)
    assert floor.commands(cmd.StopReply) == []
    assert floor.when(cmd.Resume) == pytest.approx(2.1, abs=0.1)
    assert len(floor.commands(cmd.Hold)) == len(floor.commands(cmd.Resume)) == 1


def test_a_single_loud_frame_ducks_for_a_moment() -> None:
    floor = speaking()
    floor.voice(FRAME_S)
    floor.quiet(1.0)
    assert floor.names() == ["Duck", "Unduck"]
    assert floor.when(cmd.Unduck) == pytest.approx(0.2, abs=0.04)


def test_a_word_cut_in_two_by_a_breath_is_waited_for() -> None:
    floor = speaking()
    floor.texts = ["", "Stop it."]
    floor.voice(0.2)
    floor.quiet(0.12)
    floor.voice(0.3)
    floor.quiet(1.0)
    assert floor.commands(cmd.Resume) == []
    assert len(floor.commands(cmd.StopReply)) == 1


def test_a_voice_in_the_crowd_is_neither_answered_nor_does_it_interrupt() -> None:
    floor = speaking()
    floor.room_dbfs, floor.level_dbfs = -30.0, -22.0
    floor.partial, floor.texts = "did you see the game", ["Did you see the game?"]
    floor.voice(1.5)
    floor.quiet(1.0)
    assert floor.commands(cmd.StopReply, cmd.StartReply, cmd.Duck, cmd.Hold) == []
    floor.reply_over()
    floor.voice(1.5)
    floor.quiet(1.5)
    assert floor.commands(cmd.StartReply) == []


def test_a_voice_that_comes_nearer_is_held_for_when_it_stands_out() -> None:
    floor = speaking()
    floor.room_dbfs, floor.level_dbfs = -40.0, -32.0
    floor.voice(0.3)
    assert floor.commands(cmd.Hold) == []
    floor.level_dbfs = -20.0
    floor.voice(0.2)
    assert floor.commands(cmd.Duck, cmd.Hold) == [cmd.Duck(), cmd.Hold()]


def test_laughter_is_no_question() -> None:
    floor = Floor(texts=["Thank you for watching."])
    floor.voice(1.0)
    floor.quiet(2.0)
    assert floor.names() == [
        "OpenUtterance", "ShowState:listening", "TranscribePartial", "Transcribe", "CloseUtterance", "ShowState:attract",
    ]  # fmt: skip


def test_a_noise_that_turned_out_to_be_the_room_leaves_no_trace() -> None:
    floor = Floor(sounds_done=0.1)
    floor.voice(1.0)
    floor.quiet(0.1)
    assert len(floor.commands(cmd.StartReply)) == 1
    floor.room_dbfs = -5.0
    floor.quiet(1.0)
    assert [type(c) for c in floor.commands(cmd.DiscardReply, cmd.CommitReply, cmd.BeginVisit)] == [cmd.DiscardReply]


def test_whoever_looks_away_is_not_meant_until_they_touch_the_screen() -> None:
    floor = Floor()
    floor.feed(ev.PeopleSeen(floor.now, present=True, facing=False))
    floor.asks()
    assert floor.commands(cmd.StartReply) == []
    floor.touch(inputs.TalkPressed())
    floor.audible()
    floor.reply_over()
    floor.asks()
    assert len(floor.commands(cmd.CommitReply)) == 1


def test_a_stop_word_in_a_partial_stops_early() -> None:
    floor = speaking()
    floor.partial = "wait I"
    floor.voice(0.65)
    assert floor.when(cmd.StopReply) == pytest.approx(0.4, abs=0.06)


def test_mhm_ducks_and_goes_on() -> None:
    floor = speaking()
    floor.texts = ["Mhm."]
    floor.voice(0.3)
    floor.quiet(0.6)
    assert floor.names() == ["Duck", "OpenUtterance", "Hold", "Transcribe", "Resume", "Unduck", "CloseUtterance"]
    assert floor.engine.state is KioskState.SPEAKING


def test_a_long_backchannel_heard_in_time_does_not_stop() -> None:
    floor = speaking()
    floor.partial, floor.texts = "yeah right", ["Yeah, right, I see."]
    floor.voice(1.3)
    floor.quiet(0.5)
    assert floor.commands(cmd.StopReply) == []
    assert len(floor.commands(cmd.Unduck)) == 1


def test_a_short_real_question_stops_at_its_end() -> None:
    floor = speaking()
    floor.texts = ["How heavy?"]
    floor.voice(0.5)
    floor.quiet(0.8)
    assert [type(c) for c in floor.commands(cmd.StopReply, cmd.CommitReply)] == [cmd.StopReply, cmd.CommitReply]


def test_stop_is_obeyed_without_an_answer() -> None:
    floor = speaking()
    floor.texts = ["Stop, please."]
    floor.voice(0.5)
    floor.quiet(1.0)
    assert floor.names()[-3:] == ["StopReply", "CloseUtterance", "ShowState:idle"]
    assert floor.commands(cmd.StartReply) == []


def test_its_own_echo_neither_stops_nor_answers() -> None:
    floor = speaking()
    floor.partial, floor.texts = "have those in a size", ["have those in a size ten."]
    floor.voice(1.3)
    floor.quiet(0.6)
    assert floor.commands(cmd.StopReply, cmd.StartReply) == []
    assert len(floor.commands(cmd.Unduck)) == 1


def test_the_echo_of_the_last_words_is_no_question() -> None:
    floor = speaking()
    floor.texts = ["they are eighty nine pounds."]
    floor.voice(0.5)
    floor.reply_over()
    assert floor.commands(cmd.Unduck) == [cmd.Unduck()]
    floor.quiet(1.0)
    assert floor.commands(cmd.StartReply) == []
    assert floor.engine.state is KioskState.IDLE


def test_a_partial_after_the_duck_was_decided_is_a_caption() -> None:
    floor = speaking()
    floor.partial = "I meant the blue one"
    floor.voice(1.8)
    assert floor.commands(cmd.ShowCustomer)[-1] == cmd.ShowCustomer("I meant the blue one", final=False)


def test_a_second_turn_in_the_visit_begins_no_second_visit() -> None:
    floor = Floor()
    floor.asks()
    floor.audible()
    floor.reply_over()
    floor.asks("And in red?")
    assert len(floor.commands(cmd.BeginVisit)) == 1


def test_touch_greets_first_and_interrupts_later() -> None:
    floor = Floor()
    floor.touch(inputs.TalkPressed())
    assert floor.names() == ["BeginVisit", "Greet", "ShowState:thinking"]
    floor.audible()
    floor.clear()
    floor.touch(inputs.TalkPressed())
    assert floor.names() == ["StopReply", "ShowState:listening"]
    floor.wait(9)
    assert floor.engine.state is KioskState.IDLE


def test_touch_while_already_heard_does_not_greet() -> None:
    floor = Floor()
    floor.voice(0.5)
    floor.touch(inputs.TalkPressed())
    assert floor.commands(cmd.Greet) == []


def test_the_stop_button_silences_and_forgets() -> None:
    floor = speaking()
    floor.voice(0.3)
    floor.touch(inputs.StopPressed())
    assert floor.names()[-3:] == ["StopReply", "CloseUtterance", "ShowState:idle"]


def test_a_typed_question_is_answered_at_once() -> None:
    floor = Floor()
    floor.touch(inputs.TextTyped("Do you sell tents?"))
    assert floor.names() == ["StartReply", "BeginVisit", "CommitReply", "ShowState:thinking"]
    assert floor.commands(cmd.StartReply) == [cmd.StartReply(1, "Do you sell tents?", None)]


def test_choosing_a_language_opens_the_visit() -> None:
    floor = Floor()
    floor.touch(inputs.LanguageChosen("de"))
    assert floor.names() == ["BeginVisit", "ShowState:idle"]


def test_leaving_ends_the_visit_once() -> None:
    floor = speaking()
    floor.touch(inputs.VisitEnded())
    floor.touch(inputs.VisitEnded())
    assert floor.names() == ["StopReply", "EndVisit", "ShowState:attract"]


def test_a_goodbye_ends_the_visit_after_it_was_said() -> None:
    floor = speaking()
    floor.reply_over(ends_visit=True)
    assert floor.names() == ["EndVisit", "ShowState:attract"]


def test_a_goodbye_followed_by_a_question_goes_on() -> None:
    floor = speaking()
    floor.voice(0.2)
    floor.reply_over(ends_visit=True)
    assert floor.commands(cmd.EndVisit) == []


def test_quiet_for_a_minute_ends_the_visit() -> None:
    floor = Floor()
    floor.asks()
    floor.audible()
    floor.reply_over()
    floor.clear()
    floor.wait(59)
    assert floor.log == []
    floor.wait(2)
    assert floor.names() == ["EndVisit", "ShowState:attract"]


def test_a_microphone_that_dies_in_mid_question_still_brings_an_answer() -> None:
    floor = Floor()
    floor.voice(1.0)
    floor.wait(2.0)
    assert len(floor.commands(cmd.CommitReply)) == 1


def test_a_transcript_that_never_comes_is_given_up() -> None:
    floor = Floor(answers_itself=False)
    floor.voice(1.0)
    floor.quiet(4.5)
    assert floor.names()[-2:] == ["CloseUtterance", "ShowState:attract"]


def test_an_endless_turn_is_cut() -> None:
    floor = Floor(settings=TurnSettings(longest_turn_s=5.0))
    floor.voice(5.2)
    assert len(floor.commands(cmd.CommitReply)) == 1


def test_an_endless_turn_waits_for_its_transcript() -> None:
    floor = Floor(settings=TurnSettings(longest_turn_s=2.0), answers_itself=False)
    floor.voice(2.1)
    assert len(floor.commands(cmd.Transcribe)) == 1


def test_stale_results_are_ignored() -> None:
    floor = Floor(answers_itself=False)
    for event in (
        ev.PartialHeard(1, 7, "old"),
        ev.Transcribed(1, 7, 0, "old"),
        ev.EndScored(1, 7, 0, 0.9),
        ev.ReplyAudible(1, 7),
        ev.ReplyEnded(1, 7),
    ):
        assert floor.feed(event) == []
    floor.voice(0.5)
    floor.quiet(0.3)
    floor.voice(0.3)
    floor.clear()
    # the words so far are worth a caption, and no answer
    assert floor.feed(ev.Transcribed(floor.now, 1, 0, "half a")) == [cmd.ShowCustomer("half a", final=False)]
    assert floor.feed(ev.EndScored(floor.now, 1, 0, 0.9)) == []
    assert floor.feed(ev.PartialHeard(floor.now, 9, "old")) == []


def test_an_audible_reply_that_was_dropped_is_ignored() -> None:
    floor = Floor()
    floor.asks()
    floor.touch(inputs.StopPressed())
    floor.clear()
    floor.feed(ev.ReplyAudible(floor.now, 1))
    assert floor.log == []
