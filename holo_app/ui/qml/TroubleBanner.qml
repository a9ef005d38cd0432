pragma ComponentBehavior: Bound

import QtQuick
import Holo

// What is missing and what to do about it, in the customer's words. The most important one; a count for the rest.
Rectangle {
    id: banner

    required property HoloKiosk kiosk
    required property real unit
    readonly property var first: kiosk.status.troubles.length > 0 ? kiosk.status.troubles[0] : null

    visible: first !== null
    height: words.implicitHeight + 36 * unit
    radius: 30 * unit
    color: "#F01C1508"
    border.width: 2
    border.color: Theme.amber

    Accessible.role: Accessible.AlertMessage
    Accessible.name: first ? first.title + ". " + first.hint : ""

    Image {
        id: icon
        anchors.verticalCenter: parent.verticalCenter
        x: 28 * banner.unit
        source: banner.kiosk.art + "icons/warning.svg"
        sourceSize: Qt.size(56 * banner.unit, 56 * banner.unit)
    }

    Column {
        id: words
        anchors.verticalCenter: parent.verticalCenter
        x: icon.x + icon.width + 26 * banner.unit
        width: parent.width - x - 30 * banner.unit
        spacing: 4 * banner.unit

        Words {
            width: parent.width
            text: banner.first ? banner.first.title + (banner.kiosk.status.troubles.length > 1 ? "  +" + (banner.kiosk.status.troubles.length - 1) : "") : ""
            wrapMode: Text.Wrap
            color: Theme.amber
            font.pixelSize: 32 * banner.unit
            font.weight: Font.DemiBold
        }

        Words {
            width: parent.width
            text: banner.first ? banner.first.hint : ""
            wrapMode: Text.Wrap
            font.pixelSize: 27 * banner.unit
        }
    }
}
