pragma ComponentBehavior: Bound

import QtQuick
import Holo

// A typed question: our own keyboard for fingers, and any hardware keyboard.
Rectangle {
    id: panel

    required property HoloKiosk kiosk
    required property real unit
    property bool capitals: false
    property bool symbols: false
    readonly property var rows: symbols ? kiosk.texts.keyboard.symbols : kiosk.texts.keyboard.rows
    readonly property int columns: Math.max(...Array.from(rows, row => row.length), 10)
    readonly property real gap: 8 * unit
    readonly property real keyWidth: Math.min(110 * unit, (width - 48 * unit - (columns - 1) * gap) / columns)
    readonly property real keyHeight: Math.max(64, 88 * unit)

    // what was typed on a keyboard before the panel was open
    property string firstText

    function begin() {
        field.text = firstText;
        field.cursorPosition = firstText.length;
        firstText = "";
        capitals = false;
        symbols = false;
        field.forceActiveFocus();
    }

    function send() {
        kiosk.ask(field.text);
    }

    height: layout.implicitHeight + 48 * unit
    radius: 40 * unit
    color: "#FA08101A"
    border.width: 2
    border.color: Theme.edge

    Accessible.role: Accessible.Dialog
    Accessible.name: kiosk.texts.t.type_title

    // not `Key`: PySide would take an item of that name for Qt.Key and write over its end
    component KeyCap: Rectangle {
        id: key
        property string label
        property url icon
        property string spoken: label
        property bool lit: false
        signal hit

        width: panel.keyWidth
        height: panel.keyHeight
        radius: 16 * panel.unit
        color: keyTap.pressed ? "#FF2A6C8C" : lit ? "#FF174A66" : "#FF14212F"
        border.width: 1
        border.color: lit ? Theme.cyan : "#FF2A3D50"

        Accessible.role: Accessible.Button
        Accessible.name: spoken
        Accessible.onPressAction: key.hit()

        Words {
            anchors.centerIn: parent
            text: key.label
            font.pixelSize: (key.label.length > 1 ? 26 : 38) * panel.unit
        }

        Image {
            anchors.centerIn: parent
            visible: key.icon.toString() !== ""
            source: key.icon
            sourceSize: Qt.size(44 * panel.unit, 44 * panel.unit)
        }

        TapHandler {
            id: keyTap
            gesturePolicy: TapHandler.WithinBounds
            onTapped: key.hit()
        }
    }

    Column {
        id: layout
        anchors.centerIn: parent
        width: parent.width - 48 * panel.unit
        spacing: 20 * panel.unit

        Item {
            width: parent.width
            height: closer.height

            Words {
                anchors.verticalCenter: parent.verticalCenter
                text: panel.kiosk.texts.t.type_title
                color: Theme.quiet
                font.pixelSize: 32 * panel.unit
            }

            GlassButton {
                id: closer
                objectName: "typingClose"
                anchors.right: parent.right
                unit: panel.unit
                label: panel.kiosk.texts.t.close
                labelShown: false
                icon: panel.kiosk.art + "icons/close.svg"
                onPressed: panel.kiosk.closeTyping()
            }
        }

        Row {
            width: parent.width
            spacing: 16 * panel.unit

            Rectangle {
                width: parent.width - sender.width - parent.spacing
                height: Math.max(64, 96 * panel.unit)
                radius: 24 * panel.unit
                color: "#FF0C1722"
                border.width: field.activeFocus ? 4 : 2
                border.color: field.activeFocus ? Theme.cyan : Theme.edge

                TextInput {
                    id: field
                    objectName: "question"
                    anchors.fill: parent
                    anchors.leftMargin: 28 * panel.unit
                    anchors.rightMargin: 28 * panel.unit
                    verticalAlignment: TextInput.AlignVCenter
                    activeFocusOnTab: true
                    clip: true
                    color: Theme.text
                    selectionColor: "#FF1E6C93"
                    maximumLength: panel.kiosk.maxQuestion
                    renderType: TextInput.NativeRendering
                    inputMethodHints: Qt.ImhNoPredictiveText
                    font.family: Theme.family
                    font.pixelSize: 38 * panel.unit
                    Accessible.name: panel.kiosk.texts.t.type_title
                    onAccepted: panel.send()
                    onTextChanged: panel.kiosk.touch()
                }

                Words {
                    anchors.fill: field
                    verticalAlignment: Text.AlignVCenter
                    visible: field.text === ""
                    text: panel.kiosk.texts.t.type_placeholder
                    color: "#FF5F7A90"
                    elide: Text.ElideRight
                    font.pixelSize: 34 * panel.unit
                }
            }

            GlassButton {
                id: sender
                objectName: "typingSend"
                height: Math.max(64, 96 * panel.unit)
                unit: panel.unit
                label: panel.kiosk.texts.t.send
                icon: panel.kiosk.art + "icons/send.svg"
                strong: true
                usable: field.text.trim() !== ""
                onPressed: panel.send()
            }
        }

        Column {
            width: parent.width
            spacing: panel.gap

            Repeater {
                model: panel.rows

                Row {
                    id: keyRow
                    required property string modelData
                    anchors.horizontalCenter: parent?.horizontalCenter
                    spacing: panel.gap

                    Repeater {
                        model: Array.from(keyRow.modelData)

                        KeyCap {
                            required property string modelData
                            objectName: "key_" + modelData
                            label: panel.capitals && modelData !== "ß" ? modelData.toUpperCase() : modelData
                            onHit: {
                                field.insert(field.cursorPosition, label);
                                panel.capitals = false;
                            }
                        }
                    }
                }
            }

            Row {
                anchors.horizontalCenter: parent.horizontalCenter
                spacing: panel.gap

                KeyCap {
                    width: panel.keyWidth * 1.5
                    label: panel.symbols ? panel.kiosk.texts.t.key_letters : panel.kiosk.texts.t.key_symbols
                    onHit: panel.symbols = !panel.symbols
                }

                KeyCap {
                    width: panel.keyWidth * 1.5
                    icon: panel.kiosk.art + "icons/shift.svg"
                    spoken: panel.kiosk.texts.t.key_shift
                    lit: panel.capitals
                    onHit: panel.capitals = !panel.capitals
                }

                KeyCap {
                    width: panel.keyWidth * 4.5
                    label: panel.kiosk.texts.t.key_space
                    onHit: field.insert(field.cursorPosition, " ")
                }

                KeyCap {
                    width: panel.keyWidth * 1.5
                    icon: panel.kiosk.art + "icons/backspace.svg"
                    spoken: panel.kiosk.texts.t.key_delete
                    onHit: {
                        if (field.cursorPosition > 0)
                            field.remove(field.cursorPosition - 1, field.cursorPosition);
                    }
                }
            }
        }
    }
}
