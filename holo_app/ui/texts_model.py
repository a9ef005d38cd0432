"""The screen's texts as QML sees them; changing the language renews every binding at once."""

# ruff: noqa: N802 - names that QML sees are in its own style
from __future__ import annotations

from PySide6.QtCore import Property, QObject, Signal
from PySide6.QtQml import QmlElement

from holo_app.ui.phrases import Phrases, phrases
from holo_app.ui.staff_pin import MAX_DIGITS, MIN_DIGITS

QML_IMPORT_NAME = "Holo"
QML_IMPORT_MAJOR_VERSION = 1


@QmlElement
class HoloTexts(QObject):
    """Texts by key: `t.talk` of the table `text`, `t.staff_ok` of the table `staff`."""

    changed = Signal()

    def __init__(
        self, language: str, languages: tuple[str, ...], *, online: bool = False, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._online = online
        self.current: Phrases = phrases(language)
        self._languages = [{"tag": tag, "name": phrases(tag).text("text", "language_name")} for tag in languages]
        self._tags = languages

    def choose(self, language: str) -> bool:
        """Change the language; False where the kiosk does not offer it or already speaks it."""
        if language not in self._tags or language == self.current.language:
            return False
        self.current = phrases(language)
        self.changed.emit()
        return True

    @Property(str, notify=changed)
    def language(self) -> str:
        return self.current.language

    @Property(list, constant=True)
    def languages(self) -> list[dict[str, str]]:
        return self._languages

    @Property(dict, notify=changed)
    def t(self) -> dict[str, str]:
        staff = {f"staff_{key}": text for key, text in self.current.tables["staff"].items()}
        texts = dict(self.current.tables["text"])
        if self._online:
            # whoever talks must know where what they say goes
            texts["ai_notice"] = texts["ai_notice_online"]
        return {**texts, **staff}

    @Property(dict, notify=changed)
    def keyboard(self) -> dict[str, list[str]]:
        return {name: list(rows) for name, rows in self.current.keyboard.items()}

    @Property(int, constant=True)
    def pinDigits(self) -> int:
        return MAX_DIGITS

    @Property(int, constant=True)
    def pinLeastDigits(self) -> int:
        return MIN_DIGITS
