"""What QML binds to: the parts of the screen, and the gestures that go to the voice loop."""

# ruff: noqa: N802, N815 - names that QML sees are in its own style
from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import Property, QObject, QUrl, Signal, Slot
from PySide6.QtQml import QmlElement

from holo_app.dialogue.inputs import (
    KioskInput,
    LanguageChosen,
    StopPressed,
    TalkPressed,
    TextTyped,
    VisitEnded,
)
from holo_app.dialogue.notices import (
    CharacterCaption,
    CustomerCaption,
    LanguageUsed,
    LoopReady,
    MicLevel,
    Notice,
    ProductsShown,
    ProvidersFared,
    SpeechCut,
    StateChanged,
    TroubleChanged,
)
from holo_app.domain.kiosk import KioskState, Trouble
from holo_app.resources import resource
from holo_app.ui import caption
from holo_app.ui.calibration_model import HoloCalibration
from holo_app.ui.caption import CaptionInputs, Clause
from holo_app.ui.caption_model import HoloCaption
from holo_app.ui.cards_model import HoloCards
from holo_app.ui.settings import UiSettings
from holo_app.ui.staff_model import HoloStaff, PinService
from holo_app.ui.status_model import HoloStatus
from holo_app.ui.texts_model import HoloTexts

QML_IMPORT_NAME = "Holo"
QML_IMPORT_MAJOR_VERSION = 1

MAX_QUESTION_CHARS = 300
LEFT_AFTER_S = 60.0
"""An open keyboard that nobody touches, before a conversation has begun, was left behind."""

_BREATH_S = 4.0
_PULSE_S = 1.5
_ASKS_FOR_TYPING = frozenset({"trouble", "deaf"})
_INTERRUPTIBLE = frozenset({KioskState.THINKING, KioskState.SPEAKING})


@QmlElement
class HoloKiosk(QObject):
    """The whole screen. `breath` goes 0 → 1 → 0 in four seconds; it moves only when a frame is drawn."""

    breathChanged = Signal()
    pulseChanged = Signal()
    stateChanged = Signal()
    typingChanged = Signal()
    stillChanged = Signal()

    def __init__(
        self,
        settings: UiSettings,
        submit: Callable[[KioskInput], None],
        pin: PinService,
        monotonic: Callable[[], float],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._submit = submit
        self._monotonic = monotonic
        self._touched = monotonic()
        self._breath = 0.0
        self._pulse = 0.0
        self._typing = False
        self._still = False
        self._kiosk = not settings.windowed
        self._home_language = settings.language
        self.texts_model = HoloTexts(settings.language, settings.languages, online=settings.online, parent=self)
        phrases = self.texts_model.current
        self.caption_model = HoloCaption(self)
        self.status_model = HoloStatus(phrases, self)
        self.cards_model = HoloCards(settings.picture_dirs, self)
        self.staff_model = HoloStaff(pin, monotonic, phrases, self)
        self.calibration_model = HoloCalibration(phrases, self)

    @property
    def state_now(self) -> KioskState:
        """What the voice loop is doing, as far as the screen knows."""
        return self.status_model.inputs.state

    def take(self, notice: Notice) -> None:
        """Show one notice of the voice loop."""
        said = self.caption_model.inputs
        match notice:
            case StateChanged(state):
                self._take_state(state)
            case CustomerCaption(text, final):
                self._say(caption.customer_said(said, text, final=final))
            case CharacterCaption(text, start_s, end_s):
                self._say(caption.clause_planned(said, Clause(text, start_s, end_s)))
            case SpeechCut(at_s):
                self._say(caption.speech_cut(said, at_s))
            case ProductsShown(products):
                self.cards_model.update(products, self.texts_model.current)
            case TroubleChanged(trouble, active, detail):
                self.set_trouble(trouble, active=active, detail=detail)
            case LanguageUsed(language):
                self._choose_language(language)
                self._take_status(language=notice)
            case MicLevel() | ProvidersFared() | LoopReady():
                self._take_report(notice)
            case _:
                pass  # MouthScheduled and FaceScheduled move the face; MessageRecorded has nothing to show

    def _take_report(self, notice: MicLevel | ProvidersFared | LoopReady) -> None:
        match notice:
            case MicLevel(dbfs):
                self._take_status(mic_dbfs=dbfs)
            case ProvidersFared(providers):
                self._take_status(providers=providers)
            case LoopReady():
                self._take_status(ready=True)

    def set_trouble(self, trouble: Trouble, *, active: bool, detail: str = "") -> None:
        """Something is missing, or is back."""
        troubles = dict(self.status_model.inputs.troubles)
        if active:
            troubles[trouble] = detail
        else:
            troubles.pop(trouble, None)
        self._take_status(troubles=troubles)
        self._still = Trouble.NO_GRAPHICS in troubles
        self.stillChanged.emit()

    def tick(self, now_s: float, position_s: float) -> None:
        """Once a frame: words light up, the invitation breathes, a lock counts down."""
        said = self.caption_model.inputs
        if said.clauses and said.position_s != position_s:
            self._say(replace(said, position_s=position_s))
        self.staff_model.tick(self.texts_model.current)
        self.calibration_model.tick(self._monotonic())
        if self.state_now is KioskState.ATTRACT and self._monotonic() - self._touched > LEFT_AFTER_S:
            self._tidy()
        if self.state_now in _INTERRUPTIBLE:
            self._pulse = now_s % _PULSE_S / _PULSE_S
            self.pulseChanged.emit()
        phase = now_s % _BREATH_S / _BREATH_S
        # a raised parabola per half: as soft as a sine, in 24 steps so that equal frames are equal
        half = phase * 2 if phase < 0.5 else 2 - phase * 2  # noqa: PLR2004 - the middle
        breath = round(half * half * (3 - 2 * half) * 24) / 24
        if breath != self._breath:
            self._breath = breath
            self.breathChanged.emit()

    def _tidy(self) -> None:
        """As the next customer is to find it."""
        self._choose_language(self._home_language)
        self.closeTyping()

    def _take_state(self, state: KioskState) -> None:
        if state is KioskState.ATTRACT:
            self._say(CaptionInputs())
            self.cards_model.update((), self.texts_model.current)
            self._tidy()
        elif state is not KioskState.SPEAKING:
            self._say(caption.reply_over(self.caption_model.inputs))
        self._take_status(state=state)
        self.stateChanged.emit()

    def _take_status(self, **changes: object) -> None:
        inputs = replace(self.status_model.inputs, **changes)  # type: ignore[arg-type]  # names are checked by replace
        self.status_model.update(inputs, self.texts_model.current)

    def _say(self, inputs: CaptionInputs) -> None:
        self.caption_model.update(inputs)

    def _choose_language(self, language: str) -> bool:
        if not self.texts_model.choose(language):
            return False
        phrases = self.texts_model.current
        self.status_model.update(self.status_model.inputs, phrases)
        self.cards_model.update(self.cards_model.products, phrases)
        return True

    @Slot()
    def talk(self) -> None:
        """Listen to me; where the kiosk cannot hear, the keyboard opens."""
        if self.status_model.props.look in _ASKS_FOR_TYPING:
            self.openTyping()
        else:
            self._submit(TalkPressed())

    @Slot()
    def touchOrb(self) -> None:
        """The one large control: stops an answer, else asks to be listened to."""
        if self.state_now in _INTERRUPTIBLE:
            self._submit(StopPressed())
        else:
            self.talk()

    @Slot(str)
    def ask(self, text: str) -> None:
        """A typed question; only spaces are not one."""
        question = " ".join(text.split())[:MAX_QUESTION_CHARS]
        if question:
            self.closeTyping()
            self._submit(TextTyped(question))

    @Slot(str)
    def chooseLanguage(self, language: str) -> None:
        """Another language for screen and voice, until this visit ends."""
        self.touch()
        if self._choose_language(language):
            self._submit(LanguageChosen(language))

    @Slot()
    def goodbye(self) -> None:
        """The visit is over."""
        self._submit(VisitEnded())

    @Slot()
    def touch(self) -> None:
        """Somebody is at the screen."""
        self._touched = self._monotonic()

    @Slot()
    def openTyping(self) -> None:
        """Show the keyboard."""
        self.touch()
        self._set_typing(typing=True)

    @Slot()
    def closeTyping(self) -> None:
        """Put the keyboard away."""
        self._set_typing(typing=False)

    def _set_typing(self, *, typing: bool) -> None:
        if typing != self._typing:
            self._typing = typing
            self.typingChanged.emit()

    @Property(HoloTexts, constant=True)
    def texts(self) -> HoloTexts:
        return self.texts_model

    @Property(HoloCaption, constant=True)
    def caption(self) -> HoloCaption:
        return self.caption_model

    @Property(HoloStatus, constant=True)
    def status(self) -> HoloStatus:
        return self.status_model

    @Property(HoloCards, constant=True)
    def cards(self) -> HoloCards:
        return self.cards_model

    @Property(HoloStaff, constant=True)
    def staff(self) -> HoloStaff:
        return self.staff_model

    @Property(HoloCalibration, constant=True)
    def calibration(self) -> HoloCalibration:
        return self.calibration_model

    @Property(float, notify=breathChanged)
    def breath(self) -> float:
        return self._breath

    @Property(float, notify=pulseChanged)
    def pulse(self) -> float:
        """0 → 1 every second and a half while the kiosk thinks or speaks."""
        return self._pulse

    @Property(str, constant=True)
    def art(self) -> str:
        """Where the overlay's drawings are, as a URL that ends in a slash."""
        return QUrl.fromLocalFile(str(resource("ui"))).toString() + "/"

    @Property(bool, notify=stateChanged)
    def attract(self) -> bool:
        return self.state_now is KioskState.ATTRACT

    @Property(bool, notify=typingChanged)
    def typing(self) -> bool:
        return self._typing

    @Property(bool, notify=stillChanged)
    def still(self) -> bool:
        """No hologram can be drawn: a still picture stands in."""
        return self._still

    @Property(bool, constant=True)
    def locked(self) -> bool:
        """A customer's kiosk: no cursor, no leaving without the PIN."""
        return self._kiosk

    @Property(int, constant=True)
    def maxQuestion(self) -> int:
        return MAX_QUESTION_CHARS
