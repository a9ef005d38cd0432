pragma ComponentBehavior: Bound

import QtQuick

// A button of dark glass: at least 64 pixels to touch, reachable by Tab, pressed by Space or Enter.
Item {
    id: button

    required property real unit
    required property string label
    property url icon
    property bool labelShown: true
    property bool strong: false
    property bool checked: false
    property bool pointedAt: false
    property real textSize: 28
    signal pressed

    readonly property real contentWidth: row.implicitWidth
    implicitWidth: Math.max(64, contentWidth + 44 * unit)
    implicitHeight: Math.max(64, 84 * unit)
    activeFocusOnTab: true
    property bool usable: true
    enabled: usable
    opacity: usable ? 1 : 0.4

    Accessible.role: Accessible.Button
    Accessible.name: label
    Accessible.focusable: true
    Accessible.checked: checked
    Accessible.onPressAction: button.pressed()

    Keys.onPressed: event => {
        if (event.key === Qt.Key_Space || event.key === Qt.Key_Return || event.key === Qt.Key_Enter) {
            event.accepted = true;
            if (!event.isAutoRepeat)
                button.pressed();
        }
    }

    Rectangle {
        anchors.fill: parent
        radius: height / 2
        color: tap.pressed ? "#F01E4A66" : button.strong || button.checked ? "#F0133A55" : Theme.glass
        border.width: button.activeFocus || button.pointedAt ? 4 : 2
        border.color: button.activeFocus ? Theme.text : button.pointedAt ? Theme.amber : button.checked || button.strong ? Theme.cyan : Theme.edge
    }

    Row {
        id: row
        anchors.centerIn: parent
        spacing: 14 * button.unit

        Image {
            visible: button.icon.toString() !== ""
            source: button.icon
            sourceSize: Qt.size(40 * button.unit, 40 * button.unit)
            anchors.verticalCenter: parent.verticalCenter
        }

        Words {
            visible: button.labelShown
            text: button.label
            font.pixelSize: button.textSize * button.unit
            font.weight: Font.DemiBold
            anchors.verticalCenter: parent.verticalCenter
        }
    }

    TapHandler {
        id: tap
        onTapped: button.pressed()
    }
}
