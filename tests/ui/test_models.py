"""View-models: what they emit, what they send, and the staff dialog's walk. Asserts stand outside of slots."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QCoreApplication, QEventLoop, SignalInstance
from PySide6.QtGui import QGuiApplication

from holo_app.dialogue.inputs import KioskInput, LanguageChosen, StopPressed, TalkPressed, TextTyped, VisitEnded
from holo_app.dialogue.notices import (
    CharacterCaption,
    CustomerCaption,
    LoopReady,
    MicLevel,
    ProductsShown,
    SpeechCut,
    StateChanged,
    TroubleChanged,
)
from holo_app.domain.kiosk import KioskState, Trouble
from holo_app.errors import StorageError
from holo_app.storage.store import memory_store
from holo_app.ui.kiosk_model import LEFT_AFTER_S, MAX_QUESTION_CHARS, HoloKiosk
from holo_app.ui.staff_model import FORGOTTEN_AFTER_S, PinService
from holo_app.ui.staff_pin import PinCheck, PinStatus, StaffPin
from tests.ui.world import ManualClock, kiosk_settings, sample_product

pytestmark = pytest.mark.usefixtures("qapp")
PIN = "271828"


class Desk:
    """A kiosk's models without a window."""

    def __init__(self, pin: PinService | None = None) -> None:
        self.clock = ManualClock()
        self.sent: list[KioskInput] = []
        self.pin = StaffPin(memory_store(), self.clock)
        self.kiosk = HoloKiosk(kiosk_settings(), self.sent.append, pin or self.pin, self.clock.monotonic)

    def staff_reaches(self, step: str) -> None:
        """Let the PIN's thread answer."""
        for _ in range(400):
            if self.kiosk.staff_model.state.step == step:
                return
            QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 10)
            self.kiosk.staff_model._worker.submit(lambda: None).result()
        raise AssertionError(f"the dialog never reached {step}, it is at {self.kiosk.staff_model.state.step}")

    def is_typing(self) -> bool:
        return bool(self.kiosk.property("typing"))

    def type_pin(self, pin: str) -> None:
        for digit in pin:
            self.kiosk.staff_model.type(digit)
        self.kiosk.staff_model.confirm()


@pytest.fixture
def desk(qapp: QGuiApplication) -> Iterator[Desk]:
    made = Desk()
    yield made
    made.kiosk.staff_model.close()


def count(signal: SignalInstance) -> Callable[[], int]:
    """How often a signal came since now."""
    calls: list[int] = []
    signal.connect(lambda: calls.append(1))
    return lambda: len(calls)


def test_only_what_changed_is_told(desk: Desk) -> None:
    caption = desk.kiosk.caption_model
    text, spoken = count(caption.replyTextChanged), count(caption.spokenCharsChanged)
    customer = count(caption.customerTextChanged)
    desk.kiosk.take(CharacterCaption("The watch is 179 pounds.", 0.0, 2.0))
    for position in (0.0, 0.01, 0.02, 1.0, 1.01):
        desk.kiosk.tick(0.0, position)
    assert (text(), customer()) == (1, 0)
    assert spoken() == 2
    level = count(desk.kiosk.status_model.levelChanged)
    desk.kiosk.take(StateChanged(KioskState.LISTENING))
    for dbfs in (-80.0, -79.0, -70.0):
        desk.kiosk.take(MicLevel(dbfs))
    assert level() == 0
    desk.kiosk.take(MicLevel(-20.0))
    assert level() == 1


def test_a_visit_from_hello_to_goodbye(desk: Desk) -> None:
    kiosk = desk.kiosk
    assert kiosk.status_model.props.look == "starting"
    kiosk.take(LoopReady())
    assert kiosk.status_model.props.look == "attract"
    kiosk.take(StateChanged(KioskState.LISTENING))
    kiosk.take(CustomerCaption("How much is", final=False))
    assert kiosk.caption_model.props.customer_text == "How much is"
    kiosk.take(StateChanged(KioskState.THINKING))
    kiosk.take(ProductsShown((sample_product(),)))
    kiosk.take(StateChanged(KioskState.SPEAKING))
    kiosk.take(CharacterCaption("It costs 179 pounds.", 0.0, 2.0))
    kiosk.tick(0.0, 0.6)
    kiosk.take(SpeechCut(0.6))
    assert kiosk.caption_model.props.reply_text == "It costs …"
    assert kiosk.cards_model.cards[0].price == "£179.00"
    kiosk.take(StateChanged(KioskState.ATTRACT))
    assert kiosk.caption_model.props.reply_text == ""
    assert kiosk.cards_model.cards == ()


def test_the_orb_stops_an_answer_and_otherwise_talks(desk: Desk) -> None:
    desk.kiosk.take(LoopReady())
    for state in KioskState:
        desk.kiosk.take(StateChanged(state))
        desk.kiosk.touchOrb()
    assert desk.sent == [TalkPressed(), TalkPressed(), TalkPressed(), StopPressed(), StopPressed()]


def test_a_deaf_kiosk_offers_the_keyboard(desk: Desk) -> None:
    desk.kiosk.take(LoopReady())
    desk.kiosk.take(TroubleChanged(Trouble.NO_MICROPHONE, active=True))
    desk.kiosk.touchOrb()
    assert desk.is_typing()
    assert desk.sent == []
    desk.kiosk.take(TroubleChanged(Trouble.NO_MICROPHONE, active=False))
    desk.kiosk.talk()
    assert desk.sent == [TalkPressed()]


def test_questions_are_trimmed_and_empty_ones_are_none(desk: Desk) -> None:
    desk.kiosk.openTyping()
    desk.kiosk.ask("   ")
    assert desk.is_typing()
    desk.kiosk.ask("  how   much? " + "x" * 999)
    assert not desk.is_typing()
    (question,) = desk.sent
    assert isinstance(question, TextTyped)
    assert question.text.startswith("how much? x")
    assert len(question.text) == MAX_QUESTION_CHARS


def test_another_language_renews_every_text_and_ends_with_the_visit(desk: Desk) -> None:
    kiosk = desk.kiosk
    renewed = count(kiosk.texts_model.changed)
    kiosk.take(LoopReady())
    kiosk.take(StateChanged(KioskState.IDLE))
    kiosk.take(ProductsShown((sample_product(),)))
    kiosk.chooseLanguage("de")
    kiosk.chooseLanguage("de")
    kiosk.chooseLanguage("xx")
    assert desk.sent == [LanguageChosen("de")]
    assert renewed() == 1
    assert kiosk.status_model.props.label == "Zum Sprechen berühren"
    assert kiosk.cards_model.cards[0].name == "GPS-Uhr Eagle, Graphit"
    kiosk.goodbye()
    kiosk.take(StateChanged(KioskState.ATTRACT))
    assert desk.sent[-1] == VisitEnded()
    assert kiosk.texts_model.current.language == "en"


def test_a_keyboard_left_open_is_put_away(desk: Desk) -> None:
    desk.kiosk.openTyping()
    desk.kiosk.chooseLanguage("fr")
    desk.clock.pass_time(LEFT_AFTER_S - 1)
    desk.kiosk.tick(0.0, 0.0)
    assert desk.is_typing()
    desk.kiosk.touch()
    desk.clock.pass_time(LEFT_AFTER_S + 1)
    desk.kiosk.tick(0.0, 0.0)
    assert not desk.is_typing()
    assert desk.kiosk.texts_model.current.language == "en"


def test_the_first_pin_is_chosen_twice_and_then_opens(desk: Desk) -> None:
    staff = desk.kiosk.staff_model
    staff.show()
    desk.staff_reaches("choose")
    desk.type_pin("4711")
    assert staff.state.problem == "too_short"
    staff.type("")
    desk.staff_reaches("choose")
    staff.cancel()
    staff.show()
    desk.staff_reaches("choose")
    desk.type_pin(PIN)
    assert staff.state.step == "repeat"
    desk.type_pin("314159")
    assert staff.state.problem == "differs"
    desk.type_pin("123456")
    desk.type_pin("123456")
    desk.staff_reaches("choose")
    assert staff.state.problem == "too_simple"
    desk.type_pin(PIN)
    desk.type_pin(PIN)
    desk.staff_reaches("opened")
    assert desk.pin.check(PIN).opened


def test_the_right_pin_lets_staff_leave_and_change_it(desk: Desk) -> None:
    desk.pin.choose(PIN)
    staff = desk.kiosk.staff_model
    left = count(staff.leaveAllowed)
    staff.show()
    desk.staff_reaches("enter")
    staff.leave()
    staff.change()
    assert left() == 0
    desk.type_pin(PIN)
    desk.staff_reaches("opened")
    staff.change()
    desk.type_pin("161803")
    desk.type_pin("161803")
    desk.staff_reaches("opened")
    staff.leave()
    assert left() == 1
    assert not desk.pin.check(PIN).opened


def test_five_wrong_pins_lock_the_dialog_and_count_down(desk: Desk) -> None:
    desk.pin.choose(PIN)
    staff = desk.kiosk.staff_model
    staff.show()
    desk.staff_reaches("enter")
    prompts = []
    for _ in range(5):
        desk.type_pin("999111")
        desk.staff_reaches("enter")
        prompts.append(staff._prompt)
    assert prompts[0] == "That PIN is not right. Tries left: 4"
    assert prompts[-1] == "Too many wrong tries. Try again in 60 s"
    desk.clock.pass_time(15)
    staff.type("1")
    assert staff.state.digits == ""
    staff.tick(desk.kiosk.texts_model.current)
    assert staff._prompt == "Too many wrong tries. Try again in 45 s"
    staff._touched = desk.clock.monotonic()
    desk.clock.pass_time(44)
    staff._touched = desk.clock.monotonic()
    desk.clock.pass_time(1)
    desk.type_pin(PIN)
    desk.staff_reaches("opened")


def test_a_forgotten_dialog_closes_even_when_it_was_opened_by_the_pin(desk: Desk) -> None:
    desk.pin.choose(PIN)
    staff = desk.kiosk.staff_model
    staff.show()
    desk.staff_reaches("enter")
    desk.type_pin(PIN)
    desk.staff_reaches("opened")
    desk.clock.pass_time(FORGOTTEN_AFTER_S + 1)
    staff.tick(desk.kiosk.texts_model.current)
    assert staff.state.step == "closed"
    staff.leave()
    assert staff.state.step == "closed"


class BrokenPin:
    """A PIN whose database does not answer. Says in which thread it was asked."""

    def __init__(self) -> None:
        self.threads: list[str] = []

    def status(self) -> PinStatus:
        self.threads.append(threading.current_thread().name)
        raise StorageError("the disk is gone")

    def check(self, pin: str) -> PinCheck:
        raise StorageError("the disk is gone")

    def choose(self, pin: str) -> None:
        raise StorageError("the disk is gone")


def test_a_dead_database_opens_nothing_and_says_so() -> None:
    broken = BrokenPin()
    desk = Desk(broken)
    staff = desk.kiosk.staff_model
    staff.show()
    desk.staff_reaches("enter")
    assert "database" in staff._prompt
    desk.type_pin(PIN)
    desk.staff_reaches("enter")
    assert "database" in staff._prompt
    assert all(name.startswith("staff-pin") for name in broken.threads)
    staff.close()
