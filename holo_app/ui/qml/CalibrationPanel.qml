pragma ComponentBehavior: Bound

import QtQuick
import Holo

// The controls that fit the picture to the display. They lie low, and can be put away to see what is under them.
FocusScope {
    id: panel

    required property HoloCalibration calibration
    required property real unit
    readonly property var words: calibration.words
    // on a square or wide display, which is seen whole, only the held value is listed
    readonly property bool compact: height < width * 1.2

    visible: calibration.open
    Accessible.role: Accessible.Dialog
    Accessible.name: words.title + ". " + calibration.title
    Accessible.description: calibration.cardName + ". " + calibration.cardHint

    Keys.onPressed: event => {
        event.accepted = true;
        switch (event.key) {
        case Qt.Key_Escape:
            panel.calibration.leave();
            break;
        case Qt.Key_Left:
        case Qt.Key_Down:
        case Qt.Key_Minus:
            panel.calibration.nudge(-1);
            break;
        case Qt.Key_Right:
        case Qt.Key_Up:
        case Qt.Key_Plus:
            panel.calibration.nudge(1);
            break;
        case Qt.Key_PageDown:
            panel.calibration.nudge(-panel.calibration.coarse);
            break;
        case Qt.Key_PageUp:
            panel.calibration.nudge(panel.calibration.coarse);
            break;
        case Qt.Key_Tab:
            panel.calibration.hold(panel.calibration.held + 1);
            break;
        case Qt.Key_Backtab:
            panel.calibration.hold(panel.calibration.held - 1);
            break;
        case Qt.Key_Return:
        case Qt.Key_Enter:
            panel.calibration.save();
            break;
        case Qt.Key_R:
            if (event.modifiers & Qt.ShiftModifier)
                panel.calibration.resetAll();
            else
                panel.calibration.reset();
            break;
        case Qt.Key_T:
            panel.calibration.showCard(panel.calibration.card + 1);
            break;
        case Qt.Key_H:
            panel.calibration.hide();
            break;
        default:
            event.accepted = false;
        }
    }

    // hidden controls come back at a touch
    TapHandler {
        enabled: panel.calibration.hidden
        onTapped: panel.calibration.hide()
    }

    Rectangle {
        id: board
        objectName: "calibrationBoard"
        visible: !panel.calibration.hidden
        anchors.horizontalCenter: parent.horizontalCenter
        anchors.bottom: parent.bottom
        anchors.bottomMargin: 20 * panel.unit
        width: Math.min(parent.width - 24, Math.max(500, 1000 * panel.unit))
        height: content.implicitHeight + 48 * panel.unit
        radius: 36 * panel.unit
        color: "#D80A1420"
        border.width: 2
        border.color: Theme.edge

        // touches stay on the controls
        TapHandler {
            gesturePolicy: TapHandler.ReleaseWithinBounds
        }

        Column {
            id: content
            anchors.centerIn: parent
            width: parent.width - 48 * panel.unit
            spacing: 14 * panel.unit

            Words {
                objectName: "calibrationTitle"
                width: parent.width
                text: panel.calibration.title
                horizontalAlignment: Text.AlignHCenter
                elide: Text.ElideRight
                color: Theme.quiet
                font.pixelSize: Math.max(13, 26 * panel.unit)
            }

            Item {
                width: parent.width
                height: nextCard.height

                CalibrationButton {
                    objectName: "cardBefore"
                    unit: panel.unit
                    label: "‹"
                    Accessible.name: panel.words.picture_before
                    onPressed: panel.calibration.showCard(panel.calibration.card - 1)
                }

                Column {
                    anchors.verticalCenter: parent.verticalCenter
                    anchors.horizontalCenter: parent.horizontalCenter
                    width: parent.width - 2 * nextCard.width - 24 * panel.unit

                    Words {
                        objectName: "cardName"
                        width: parent.width
                        horizontalAlignment: Text.AlignHCenter
                        text: panel.calibration.cardName
                        font.pixelSize: Math.max(15, 30 * panel.unit)
                        font.weight: Font.DemiBold
                    }

                    Words {
                        width: parent.width
                        horizontalAlignment: Text.AlignHCenter
                        text: panel.calibration.cardHint
                        color: Theme.quiet
                        wrapMode: Text.Wrap
                        font.pixelSize: Math.max(12, 22 * panel.unit)
                    }
                }

                CalibrationButton {
                    id: nextCard
                    objectName: "cardNext"
                    anchors.right: parent.right
                    unit: panel.unit
                    label: "›"
                    Accessible.name: panel.words.picture_next
                    onPressed: panel.calibration.showCard(panel.calibration.card + 1)
                }
            }

            Grid {
                id: values
                width: parent.width
                columns: panel.compact ? 1 : 2
                spacing: 8 * panel.unit

                Repeater {
                    model: panel.calibration.rows

                    Rectangle {
                        id: row
                        required property int index
                        required property var modelData
                        readonly property bool held: index === panel.calibration.held
                        objectName: "value_" + index
                        visible: held || !panel.compact
                        width: panel.compact ? values.width : (values.width - values.spacing) / 2
                        height: Math.max(64, 64 * panel.unit)
                        radius: 18 * panel.unit
                        color: held ? "#F0133A55" : "transparent"
                        border.width: held ? 3 : 1
                        border.color: held ? Theme.cyan : Theme.edge

                        Accessible.role: Accessible.RadioButton
                        Accessible.name: modelData.name + ": " + modelData.value
                        Accessible.checked: held
                        Accessible.onPressAction: panel.calibration.hold(panel.compact ? index + 1 : index)

                        Words {
                            anchors.left: parent.left
                            anchors.right: figure.left
                            anchors.verticalCenter: parent.verticalCenter
                            anchors.leftMargin: 14 * panel.unit
                            anchors.rightMargin: 8 * panel.unit
                            text: row.modelData.name
                            wrapMode: Text.Wrap
                            maximumLineCount: 2
                            elide: Text.ElideRight
                            font.pixelSize: Math.max(12, 23 * panel.unit)
                        }

                        Words {
                            id: figure
                            anchors.right: parent.right
                            anchors.verticalCenter: parent.verticalCenter
                            anchors.rightMargin: 14 * panel.unit
                            text: row.modelData.value
                            color: row.held ? Theme.cyan : Theme.text
                            font.pixelSize: Math.max(13, 25 * panel.unit)
                            font.weight: Font.DemiBold
                        }

                        TapHandler {
                            onTapped: panel.calibration.hold(panel.compact ? row.index + 1 : row.index)
                        }
                    }
                }
            }

            Row {
                anchors.horizontalCenter: parent.horizontalCenter
                spacing: 12 * panel.unit

                CalibrationButton {
                    objectName: "nudgeMuchLess"
                    visible: !panel.calibration.choice
                    unit: panel.unit
                    label: "−−"
                    Accessible.name: panel.words.much_less
                    onPressed: panel.calibration.nudge(-panel.calibration.coarse)
                }

                CalibrationButton {
                    objectName: "nudgeLess"
                    unit: panel.unit
                    strong: true
                    label: panel.calibration.choice ? "‹" : "−"
                    Accessible.name: panel.words.less
                    onPressed: panel.calibration.nudge(-1)
                }

                Words {
                    objectName: "stepText"
                    width: 190 * panel.unit
                    anchors.verticalCenter: parent.verticalCenter
                    horizontalAlignment: Text.AlignHCenter
                    text: panel.calibration.stepText
                    color: Theme.quiet
                    wrapMode: Text.Wrap
                    font.pixelSize: Math.max(12, 22 * panel.unit)
                }

                CalibrationButton {
                    objectName: "nudgeMore"
                    unit: panel.unit
                    strong: true
                    label: panel.calibration.choice ? "›" : "+"
                    Accessible.name: panel.words.more
                    onPressed: panel.calibration.nudge(1)
                }

                CalibrationButton {
                    objectName: "nudgeMuchMore"
                    visible: !panel.calibration.choice
                    unit: panel.unit
                    label: "++"
                    Accessible.name: panel.words.much_more
                    onPressed: panel.calibration.nudge(panel.calibration.coarse)
                }
            }

            Flow {
                id: deeds
                width: parent.width
                spacing: 10 * panel.unit

                CalibrationButton {
                    objectName: "calibrationReset"
                    unit: panel.unit
                    label: panel.words.reset
                    onPressed: panel.calibration.reset()
                }

                CalibrationButton {
                    objectName: "calibrationResetAll"
                    unit: panel.unit
                    label: panel.words.reset_all
                    onPressed: panel.calibration.resetAll()
                }

                CalibrationButton {
                    objectName: "calibrationHide"
                    unit: panel.unit
                    label: panel.words.hide
                    onPressed: panel.calibration.hide()
                }

                CalibrationButton {
                    objectName: "calibrationLeave"
                    unit: panel.unit
                    label: panel.words.leave
                    onPressed: panel.calibration.leave()
                }

                CalibrationButton {
                    objectName: "calibrationSave"
                    unit: panel.unit
                    strong: true
                    label: panel.words.save
                    onPressed: panel.calibration.save()
                }
            }

            Words {
                objectName: "calibrationMessage"
                width: parent.width
                horizontalAlignment: Text.AlignHCenter
                text: panel.calibration.message || (panel.calibration.unsaved ? panel.words.unsaved : panel.words.keys)
                color: panel.calibration.unsaved ? Theme.amber : Theme.quiet
                wrapMode: Text.Wrap
                font.pixelSize: Math.max(12, 21 * panel.unit)
            }
        }
    }
}
