pragma ComponentBehavior: Bound

import QtQuick
import Holo

// That the language in use cannot be heard or spoken, and what to do instead. Nothing is broken: it is no trouble.
Rectangle {
    id: banner

    required property HoloKiosk kiosk
    required property real unit

    visible: kiosk.status.noticeTitle !== ""
    height: words.implicitHeight + 36 * unit
    radius: 30 * unit
    color: Theme.glass
    border.width: 2
    border.color: Theme.cyan

    Accessible.role: Accessible.AlertMessage
    Accessible.name: kiosk.status.noticeTitle + ". " + kiosk.status.noticeHint

    Image {
        id: icon
        anchors.verticalCenter: parent.verticalCenter
        x: 28 * banner.unit
        source: banner.kiosk.art + "icons/keyboard.svg"
        sourceSize: Qt.size(56 * banner.unit, 56 * banner.unit)
    }

    Column {
        id: words
        anchors.verticalCenter: parent.verticalCenter
        x: icon.x + icon.width + 26 * banner.unit
        width: parent.width - x - 30 * banner.unit
        spacing: 4 * banner.unit

        Words {
            objectName: "languageTitle"
            width: parent.width
            text: banner.kiosk.status.noticeTitle
            wrapMode: Text.Wrap
            color: Theme.cyan
            font.pixelSize: 32 * banner.unit
            font.weight: Font.DemiBold
        }

        Words {
            objectName: "languageHint"
            width: parent.width
            text: banner.kiosk.status.noticeHint
            wrapMode: Text.Wrap
            font.pixelSize: 27 * banner.unit
        }
    }
}
