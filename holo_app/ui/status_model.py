"""State ring and trouble banner as QML sees them."""

# ruff: noqa: N802, N815 - names that QML sees are in its own style
from __future__ import annotations

from PySide6.QtCore import Property, QObject, Signal
from PySide6.QtQml import QmlElement

from holo_app.ui.phrases import Phrases
from holo_app.ui.status import StatusInputs, StatusProps, derive_status

QML_IMPORT_NAME = "Holo"
QML_IMPORT_MAJOR_VERSION = 1


@QmlElement
class HoloStatus(QObject):
    """What the kiosk is doing, how loud the microphone is, and what is missing."""

    lookChanged = Signal()
    labelChanged = Signal()
    levelChanged = Signal()
    troublesChanged = Signal()
    noticeChanged = Signal()
    providersChanged = Signal()

    def __init__(self, phrases: Phrases, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.inputs = StatusInputs()
        self.props: StatusProps = derive_status(self.inputs, phrases)

    def update(self, inputs: StatusInputs, phrases: Phrases) -> None:
        """Derive and tell QML only what changed."""
        old, self.inputs, self.props = self.props, inputs, derive_status(inputs, phrases)
        if self.props.look != old.look:
            self.lookChanged.emit()
        if self.props.label != old.label:
            self.labelChanged.emit()
        if self.props.level != old.level:
            self.levelChanged.emit()
        if (self.props.troubles, self.props.staff_details) != (old.troubles, old.staff_details):
            self.troublesChanged.emit()
        if self.props.notice != old.notice:
            self.noticeChanged.emit()
        if self.props.providers != old.providers:
            self.providersChanged.emit()

    @Property(str, notify=lookChanged)
    def look(self) -> str:
        return self.props.look

    @Property(str, notify=labelChanged)
    def label(self) -> str:
        return self.props.label

    @Property(float, notify=levelChanged)
    def level(self) -> float:
        return self.props.level

    @Property(list, notify=troublesChanged)
    def troubles(self) -> list[dict[str, str]]:
        return [{"title": title, "hint": hint} for title, hint in self.props.troubles]

    @Property(str, notify=troublesChanged)
    def staffDetails(self) -> str:
        return "\n".join(self.props.staff_details)

    @Property(list, notify=providersChanged)
    def providers(self) -> list[dict[str, object]]:
        """For staff; empty where the kiosk does everything itself."""
        return [{"text": line.text, "troubled": line.troubled} for line in self.props.providers]

    @Property(str, notify=noticeChanged)
    def noticeTitle(self) -> str:
        """On the language in use; empty where there is nothing to say."""
        return self.props.notice.title if self.props.notice else ""

    @Property(str, notify=noticeChanged)
    def noticeHint(self) -> str:
        return self.props.notice.hint if self.props.notice else ""

    @Property(bool, notify=noticeChanged)
    def pointsAtLanguages(self) -> bool:
        """Whether the choice of languages stands out."""
        return self.props.notice is not None and self.props.notice.points
