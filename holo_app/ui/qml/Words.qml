import QtQuick

// Plain text in the kiosk's typeface. Never markup: much of what is shown was written by a model or a customer.
Text {
    color: Theme.text
    font.family: Theme.family
    textFormat: Text.PlainText
    renderType: Text.NativeRendering
}
