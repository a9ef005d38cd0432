pragma ComponentBehavior: Bound

import QtQuick
import Holo

// The PIN, for staff only; behind it the way out.
FocusScope {
    id: dialog

    required property HoloKiosk kiosk
    required property real unit
    readonly property HoloStaff staff: kiosk.staff
    readonly property bool opened: staff.step === "opened"
    readonly property bool typable: !staff.locked && ["enter", "choose", "repeat"].includes(staff.step)

    visible: staff.open
    onVisibleChanged: if (visible) forceActiveFocus()
    onOpenedChanged: if (opened) backButton.forceActiveFocus(); else dialog.forceActiveFocus()

    Accessible.role: Accessible.Dialog
    Accessible.name: kiosk.texts.t.staff_title
    Accessible.description: staff.prompt

    Keys.onPressed: event => {
        event.accepted = true;
        if (event.key === Qt.Key_Escape)
            staff.cancel();
        else if (event.key === Qt.Key_Backspace)
            staff.type("");
        else if (event.key === Qt.Key_Return || event.key === Qt.Key_Enter)
            staff.confirm();
        else if (event.text.length === 1 && event.text >= "0" && event.text <= "9")
            staff.type(event.text);
        else
            event.accepted = event.key !== Qt.Key_Tab && event.key !== Qt.Key_Backtab;
    }

    // what lies below is neither seen nor touched
    Rectangle {
        anchors.fill: parent
        color: "#F2000408"

        TapHandler {
            gesturePolicy: TapHandler.ReleaseWithinBounds
        }
    }

    Rectangle {
        anchors.centerIn: parent
        width: Math.min(parent.width - 32, 720 * dialog.unit)
        height: content.implicitHeight + 96 * dialog.unit
        radius: 44 * dialog.unit
        color: "#FF0A1420"
        border.width: 2
        border.color: Theme.edge

        Column {
            id: content
            anchors.centerIn: parent
            width: parent.width - 96 * dialog.unit
            spacing: 26 * dialog.unit

            Image {
                anchors.horizontalCenter: parent.horizontalCenter
                source: dialog.kiosk.art + "icons/lock.svg"
                sourceSize: Qt.size(72 * dialog.unit, 72 * dialog.unit)
            }

            Words {
                anchors.horizontalCenter: parent.horizontalCenter
                text: dialog.kiosk.texts.t.staff_title
                font.pixelSize: 44 * dialog.unit
                font.weight: Font.DemiBold
            }

            Words {
                objectName: "staffPrompt"
                width: parent.width
                height: Math.max(implicitHeight, 76 * dialog.unit)
                text: dialog.staff.prompt
                horizontalAlignment: Text.AlignHCenter
                verticalAlignment: Text.AlignVCenter
                wrapMode: Text.Wrap
                color: dialog.staff.troubled ? Theme.amber : Theme.quiet
                font.pixelSize: 30 * dialog.unit
            }

            Row {
                anchors.horizontalCenter: parent.horizontalCenter
                visible: !dialog.opened
                spacing: 18 * dialog.unit
                Accessible.role: Accessible.StaticText
                Accessible.name: dialog.staff.typedText

                Repeater {
                    model: Math.max(dialog.kiosk.texts.pinLeastDigits, dialog.staff.typed)

                    Rectangle {
                        required property int index
                        width: 26 * dialog.unit
                        height: width
                        radius: width / 2
                        color: index < dialog.staff.typed ? Theme.cyan : "transparent"
                        border.width: 2
                        border.color: Theme.cyan
                    }
                }
            }

            Grid {
                anchors.horizontalCenter: parent.horizontalCenter
                visible: !dialog.opened
                enabled: dialog.typable
                columns: 3
                spacing: 16 * dialog.unit

                Repeater {
                    model: ["1", "2", "3", "4", "5", "6", "7", "8", "9", "", "0", "ok"]

                    GlassButton {
                        required property string modelData
                        unit: dialog.unit
                        width: Math.max(64, 160 * dialog.unit)
                        height: Math.max(64, 104 * dialog.unit)
                        textSize: modelData === "ok" ? 32 : 42
                        strong: modelData === "ok"
                        labelShown: modelData !== ""
                        icon: modelData === "" ? dialog.kiosk.art + "icons/backspace.svg" : ""
                        label: {
                            if (modelData === "ok")
                                return dialog.kiosk.texts.t.staff_ok;
                            return modelData === "" ? dialog.kiosk.texts.t.key_delete : modelData;
                        }
                        onPressed: modelData === "ok" ? dialog.staff.confirm() : dialog.staff.type(modelData)
                    }
                }
            }

            Column {
                visible: dialog.opened
                width: parent.width
                spacing: 18 * dialog.unit

                GlassButton {
                    objectName: "staffLeave"
                    width: parent.width
                    unit: dialog.unit
                    label: dialog.kiosk.texts.t.staff_leave
                    onPressed: dialog.staff.leave()
                }

                GlassButton {
                    objectName: "staffChange"
                    width: parent.width
                    unit: dialog.unit
                    label: dialog.kiosk.texts.t.staff_change
                    onPressed: dialog.staff.change()
                }

                GlassButton {
                    objectName: "staffDisplay"
                    width: parent.width
                    visible: dialog.staff.offersDisplay
                    unit: dialog.unit
                    label: dialog.kiosk.texts.t.staff_display
                    onPressed: dialog.staff.adjustDisplay()
                }

                GlassButton {
                    id: backButton
                    objectName: "staffBack"
                    width: parent.width
                    unit: dialog.unit
                    strong: true
                    label: dialog.kiosk.texts.t.staff_back
                    onPressed: dialog.staff.cancel()
                }

                Column {
                    width: parent.width
                    visible: dialog.kiosk.status.providers.length > 0
                    spacing: 6 * dialog.unit

                    Words {
                        width: parent.width
                        text: dialog.kiosk.texts.t.staff_providers
                        color: Theme.quiet
                        font.pixelSize: 24 * dialog.unit
                        font.weight: Font.DemiBold
                    }

                    Repeater {
                        model: dialog.kiosk.status.providers

                        Words {
                            required property var modelData
                            objectName: "staffProvider"
                            width: parent.width
                            text: modelData.text
                            wrapMode: Text.Wrap
                            color: modelData.troubled ? Theme.amber : Theme.quiet
                            font.pixelSize: 22 * dialog.unit
                        }
                    }
                }

                Words {
                    width: parent.width
                    visible: text !== ""
                    text: dialog.kiosk.status.staffDetails
                    wrapMode: Text.Wrap
                    color: Theme.amber
                    font.pixelSize: 22 * dialog.unit
                }
            }

            GlassButton {
                objectName: "staffCancel"
                anchors.horizontalCenter: parent.horizontalCenter
                visible: !dialog.opened
                unit: dialog.unit
                label: dialog.kiosk.texts.t.staff_cancel
                onPressed: dialog.staff.cancel()
            }
        }
    }
}
