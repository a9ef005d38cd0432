pragma ComponentBehavior: Bound

import QtQuick
import Holo

// The one large control: a ring of light that shows what the kiosk is doing, and starts or stops talking.
Item {
    id: orb

    required property HoloKiosk kiosk
    required property real unit
    readonly property string look: kiosk.status.look
    readonly property real size: Math.max(96, 148 * unit)

    width: size
    height: size
    activeFocusOnTab: true

    Accessible.role: Accessible.Button
    Accessible.name: kiosk.status.label
    Accessible.focusable: true
    Accessible.onPressAction: kiosk.touchOrb()

    Keys.onPressed: event => {
        if (event.key === Qt.Key_Space || event.key === Qt.Key_Return || event.key === Qt.Key_Enter) {
            event.accepted = true;
            if (!event.isAutoRepeat)
                orb.kiosk.touchOrb();
        }
    }

    Image {
        anchors.centerIn: parent
        width: orb.size * 2.0
        height: width
        sourceSize: Qt.size(width, height)
        source: orb.kiosk.art + Theme.glow(orb.look)
        opacity: {
            if (orb.look === "listening")
                return 0.45 + 0.55 * orb.kiosk.status.level;
            return orb.look === "speaking" ? 0.95 : 0.45 + 0.5 * orb.kiosk.breath;
        }
    }

    Rectangle {
        anchors.fill: parent
        radius: width / 2
        color: tap.pressed ? "#FF123047" : "#FF07111B"
        border.width: orb.activeFocus ? 6 * orb.unit : 4 * orb.unit
        border.color: orb.activeFocus ? Theme.text : Theme.lookColor(orb.look)
    }

    Image {
        anchors.centerIn: parent
        visible: ["attract", "idle", "trouble", "deaf", "starting"].includes(orb.look)
        source: orb.kiosk.art + (orb.look === "trouble" || orb.look === "deaf" ? "icons/keyboard.svg" : "icons/microphone.svg")
        sourceSize: Qt.size(orb.size * 0.42, orb.size * 0.42)
        opacity: orb.look === "starting" ? 0.35 : 1
    }

    // placed by hand: a Row lays itself out anew with each change of height, and each time asks for a second frame
    Item {
        anchors.centerIn: parent
        width: orb.size * 0.545
        visible: orb.look === "listening" || orb.look === "speaking"

        Repeater {
            model: [0.45, 0.8, 1.0, 0.7, 0.5]

            Rectangle {
                required property real modelData
                required property int index
                readonly property real loud: orb.look === "listening"
                    ? 0.16 + 0.84 * orb.kiosk.status.level
                    : 0.35 + 0.65 * Math.abs(Math.sin(Math.PI * (orb.kiosk.pulse + index * 0.37)))

                x: index * orb.size * 0.12
                y: -height / 2
                width: orb.size * 0.065
                height: Math.max(width, orb.size * 0.46 * modelData * loud)
                radius: width / 2
                color: Theme.lookColor(orb.look)
            }
        }
    }

    Row {
        anchors.centerIn: parent
        visible: orb.look === "thinking"
        spacing: orb.size * 0.08

        Repeater {
            model: 3

            Rectangle {
                required property int index

                width: orb.size * 0.11
                height: width
                radius: width / 2
                color: Theme.violet
                opacity: 0.3 + 0.7 * Math.abs(Math.sin(Math.PI * (orb.kiosk.pulse - index * 0.22)))
            }
        }
    }

    TapHandler {
        id: tap
        onTapped: orb.kiosk.touchOrb()
    }
}
