"""The captions as QML sees them, and the colouring of the words that were heard."""

# ruff: noqa: N802, N815 - names that QML sees are in its own style
from __future__ import annotations

from PySide6.QtCore import Property, QObject, Signal
from PySide6.QtGui import QColor, QSyntaxHighlighter, QTextCharFormat
from PySide6.QtQml import QmlElement
from PySide6.QtQuick import QQuickTextDocument

from holo_app.ui.caption import CaptionInputs, CaptionProps, derive_caption

QML_IMPORT_NAME = "Holo"
QML_IMPORT_MAJOR_VERSION = 1


@QmlElement
class HoloCaption(QObject):
    """What the customer and the character say."""

    customerTextChanged = Signal()
    customerFinalChanged = Signal()
    replyTextChanged = Signal()
    spokenCharsChanged = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.inputs = CaptionInputs()
        self.props = CaptionProps()

    def update(self, inputs: CaptionInputs) -> None:
        """Derive and tell QML only what changed."""
        old, self.inputs, self.props = self.props, inputs, derive_caption(inputs)
        if self.props.customer_text != old.customer_text:
            self.customerTextChanged.emit()
        if self.props.customer_final != old.customer_final:
            self.customerFinalChanged.emit()
        if self.props.reply_text != old.reply_text:
            self.replyTextChanged.emit()
        if self.props.spoken_chars != old.spoken_chars:
            self.spokenCharsChanged.emit()

    @Property(str, notify=customerTextChanged)
    def customerText(self) -> str:
        return self.props.customer_text

    @Property(bool, notify=customerFinalChanged)
    def customerFinal(self) -> bool:
        return self.props.customer_final

    @Property(str, notify=replyTextChanged)
    def replyText(self) -> str:
        return self.props.reply_text

    @Property(int, notify=spokenCharsChanged)
    def spokenChars(self) -> int:
        return self.props.spoken_chars


class _SpokenPart(QSyntaxHighlighter):
    """Colours the first `chars` characters. The text stays plain: what a model wrote is never read as markup."""

    def __init__(self, document: QQuickTextDocument) -> None:
        super().__init__(document.textDocument())
        self.chars = 0
        self.spoken = QTextCharFormat()

    def highlightBlock(self, text: str) -> None:
        start = self.currentBlock().position()
        self.setFormat(0, max(0, min(len(text), self.chars - start)), self.spoken)


@QmlElement
class HoloSpokenPart(QObject):
    """Colours the first `chars` characters of a TextEdit's document."""

    documentChanged = Signal()
    charsChanged = Signal()
    colorChanged = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document: QQuickTextDocument | None = None
        self._highlighter: _SpokenPart | None = None
        self._chars = 0
        self._color = QColor("white")

    def _get_document(self) -> QQuickTextDocument | None:
        return self._document

    def _set_document(self, document: QQuickTextDocument | None) -> None:
        self._document = document
        self._highlighter = _SpokenPart(document) if document else None
        self._renew()
        self.documentChanged.emit()

    def _get_chars(self) -> int:
        return self._chars

    def _set_chars(self, chars: int) -> None:
        if chars != self._chars:
            self._chars = chars
            self._renew()
            self.charsChanged.emit()

    def _get_color(self) -> QColor:
        return self._color

    def _set_color(self, color: QColor) -> None:
        self._color = QColor(color)
        self._renew()
        self.colorChanged.emit()

    def _renew(self) -> None:
        if self._highlighter:
            self._highlighter.chars = self._chars
            self._highlighter.spoken.setForeground(self._color)
            self._highlighter.rehighlight()

    document = Property(QQuickTextDocument, _get_document, _set_document, notify=documentChanged)
    chars = Property(int, _get_chars, _set_chars, notify=charsChanged)
    color = Property(QColor, _get_color, _set_color, notify=colorChanged)
