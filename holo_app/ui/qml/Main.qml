pragma ComponentBehavior: Bound

import QtQuick
import Holo

// The kiosk's window. The hologram is drawn under this scene; here is only what lies over it.
Window {
    id: root

    required property HoloKiosk kiosk
    required property bool mayClose
    readonly property bool wide: width > height
    readonly property real unit: wide ? Math.min(height / 1080, width / 1600) : Math.min(width / 1080, height / 1920)
    readonly property real margin: 44 * unit
    // on a wide screen the figure stands in the middle: words to its left, products to its right
    readonly property real side: Math.min(600 * unit, width * 0.31)

    color: "black"
    title: "Holo"

    onClosing: close => {
        close.accepted = root.mayClose;
        if (!root.mayClose)
            root.kiosk.staff.show();
    }

    FocusScope {
        id: scene
        anchors.fill: parent
        focus: true
        // neither Tab nor a screen reader reaches what lies below the staff dialog
        enabled: !root.kiosk.staff.open && !root.kiosk.calibration.open

        Keys.onPressed: event => {
            if (event.key === Qt.Key_Escape) {
                event.accepted = true;
                if (root.kiosk.typing)
                    root.kiosk.closeTyping();
                else
                    root.kiosk.staff.show();
            } else if (!root.kiosk.typing && event.text.trim().length === 1 && event.text >= "!" && !(event.modifiers & (Qt.ControlModifier | Qt.AltModifier | Qt.MetaModifier))) {
                // a keyboard is at hand: the first letter opens the question
                event.accepted = true;
                typingPanel.firstText = event.text;
                root.kiosk.openTyping();
            }
        }

        HoverHandler {
            enabled: root.kiosk.locked
            cursorShape: Qt.BlankCursor
        }

        Image {
            objectName: "still"
            visible: root.kiosk.still
            anchors.horizontalCenter: parent.horizontalCenter
            y: parent.height * 0.08
            height: parent.height * 0.56
            fillMode: Image.PreserveAspectFit
            asynchronous: true
            source: root.kiosk.still ? root.kiosk.art + "still.svg" : ""
            sourceSize.height: height
            Accessible.role: Accessible.Graphic
            Accessible.name: root.kiosk.texts.t.still_notice
        }

        Attract {
            kiosk: root.kiosk
            unit: root.unit
            visible: root.kiosk.attract && !root.kiosk.typing
            anchors.fill: parent
            anchors.bottomMargin: bottomBar.height + (root.wide ? 120 : 70) * root.unit
            anchors.leftMargin: root.margin
            anchors.rightMargin: root.wide ? root.width - root.margin - root.side : root.margin
        }

        ProductCards {
            id: cards
            kiosk: root.kiosk
            unit: root.unit
            width: root.wide ? root.side : root.width - 2 * root.margin
            x: root.width - width - root.margin
            y: root.wide ? 130 * root.unit : captions.y - implicitHeight - 12 * root.unit
            stacked: root.wide
            // kept as one picture until something in it changes: a tenth of the draw calls
            layer.enabled: !root.kiosk.still
        }

        Captions {
            id: captions
            kiosk: root.kiosk
            unit: root.unit
            visible: !root.kiosk.attract && !root.kiosk.typing
            width: root.wide ? root.side : root.width - 2 * root.margin
            height: (root.wide ? 600 : 268) * root.unit
            x: root.margin
            anchors.bottom: bottomBar.top
            anchors.bottomMargin: 10 * root.unit
        }

        LanguageBanner {
            objectName: "languageBanner"
            kiosk: root.kiosk
            unit: root.unit
            anchors.top: troubleBanner.visible ? troubleBanner.bottom : topBar.bottom
            anchors.topMargin: 18 * root.unit
            x: root.margin
            width: root.wide ? root.side : root.width - 2 * root.margin
        }

        TroubleBanner {
            id: troubleBanner
            kiosk: root.kiosk
            unit: root.unit
            anchors.top: topBar.bottom
            anchors.topMargin: 18 * root.unit
            x: root.margin
            width: root.wide ? root.side : root.width - 2 * root.margin
        }

        Row {
            id: topBar
            anchors.top: parent.top
            anchors.right: parent.right
            anchors.margins: 36 * root.unit
            spacing: 12 * root.unit
            layer.enabled: !root.kiosk.still
            Accessible.role: Accessible.Grouping
            Accessible.name: root.kiosk.texts.t.languages

            Repeater {
                model: root.kiosk.texts.languages

                GlassButton {
                    required property var modelData
                    objectName: "language_" + modelData.tag
                    unit: root.unit
                    width: Math.max(64, 96 * root.unit)
                    height: Math.max(64, 68 * root.unit)
                    textSize: 26
                    label: modelData.tag.toUpperCase()
                    checked: root.kiosk.texts.language === modelData.tag
                    pointedAt: !checked && root.kiosk.status.pointsAtLanguages
                    Accessible.name: modelData.name
                    onPressed: root.kiosk.chooseLanguage(modelData.tag)
                }
            }
        }

        Item {
            id: bottomBar
            anchors.bottom: parent.bottom
            anchors.left: parent.left
            anchors.right: parent.right
            // on a small screen the button keeps the size of a finger, and the words below it still need their room
            height: Math.max(290 * root.unit, orb.y + orb.height + stateLabel.implicitHeight + aiNotice.implicitHeight + 42 * root.unit)
            visible: !root.kiosk.typing

            GlassButton {
                objectName: "type"
                anchors.verticalCenter: orb.verticalCenter
                anchors.right: orb.left
                anchors.rightMargin: (root.wide ? 70 : 110) * root.unit
                unit: root.unit
                label: root.kiosk.texts.t.type
                icon: root.kiosk.art + "icons/keyboard.svg"
                onPressed: root.kiosk.openTyping()
            }

            Orb {
                id: orb
                objectName: "orb"
                focus: true
                kiosk: root.kiosk
                unit: root.unit
                anchors.horizontalCenter: parent.horizontalCenter
                anchors.top: parent.top
                anchors.topMargin: 20 * root.unit
            }

            GlassButton {
                objectName: "finish"
                anchors.verticalCenter: orb.verticalCenter
                anchors.left: orb.right
                anchors.leftMargin: (root.wide ? 70 : 110) * root.unit
                visible: !root.kiosk.attract
                unit: root.unit
                label: root.kiosk.texts.t.goodbye
                icon: root.kiosk.art + "icons/finish.svg"
                onPressed: root.kiosk.goodbye()
            }

            Words {
                id: stateLabel
                objectName: "stateLabel"
                anchors.horizontalCenter: orb.horizontalCenter
                anchors.top: orb.bottom
                anchors.topMargin: 12 * root.unit
                text: root.kiosk.status.label
                color: Theme.lookColor(root.kiosk.status.look)
                font.pixelSize: 30 * root.unit
                font.weight: Font.DemiBold
            }

            Words {
                id: aiNotice
                objectName: "aiNotice"
                anchors.horizontalCenter: orb.horizontalCenter
                anchors.bottom: parent.bottom
                anchors.bottomMargin: 22 * root.unit
                width: root.width - 2 * root.margin
                horizontalAlignment: Text.AlignHCenter
                text: root.kiosk.texts.t.ai_notice
                color: Theme.quiet
                wrapMode: Text.Wrap
                font.pixelSize: 25 * root.unit
            }
        }

        TypingPanel {
            id: typingPanel
            objectName: "typingPanel"
            kiosk: root.kiosk
            unit: root.unit
            visible: root.kiosk.typing
            width: Math.min(root.width - 24 * root.unit, 1240 * root.unit)
            anchors.horizontalCenter: parent.horizontalCenter
            anchors.bottom: parent.bottom
            anchors.bottomMargin: 24 * root.unit
            onVisibleChanged: {
                if (visible)
                    begin();
                else
                    orb.forceActiveFocus();
            }
        }
    }

    // staff without a keyboard: hold the upper left corner
    Item {
        width: Math.max(96, 120 * root.unit)
        height: width

        TapHandler {
            longPressThreshold: 3
            onLongPressed: root.kiosk.staff.show()
        }
    }

    StaffDialog {
        objectName: "staffDialog"
        kiosk: root.kiosk
        unit: root.unit
        anchors.fill: parent
        onVisibleChanged: if (!visible && !root.kiosk.calibration.open) orb.forceActiveFocus()
    }

    CalibrationPanel {
        objectName: "calibrationPanel"
        calibration: root.kiosk.calibration
        unit: root.unit
        anchors.fill: parent
        onVisibleChanged: if (visible) forceActiveFocus(); else orb.forceActiveFocus()
    }
}
