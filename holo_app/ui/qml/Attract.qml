pragma ComponentBehavior: Bound

import QtQuick
import Holo

// Nobody is here yet: the invitation, breathing with the character. A touch anywhere begins.
Item {
    id: attract

    required property HoloKiosk kiosk
    required property real unit
    readonly property bool deaf: kiosk.status.look === "trouble" || kiosk.status.look === "deaf"

    Accessible.role: Accessible.Button
    Accessible.name: invitation.text
    Accessible.description: kiosk.texts.t.ai_notice
    Accessible.onPressAction: kiosk.talk()

    TapHandler {
        enabled: attract.visible
        onTapped: attract.kiosk.talk()
    }

    Column {
        anchors.bottom: parent.bottom
        width: parent.width
        spacing: 18 * attract.unit

        Words {
            id: invitation
            objectName: "invitation"
            width: parent.width
            text: attract.deaf ? attract.kiosk.texts.t.attract_type : attract.kiosk.texts.t.attract_title
            horizontalAlignment: Text.AlignHCenter
            wrapMode: Text.Wrap
            font.pixelSize: 76 * attract.unit
            font.weight: Font.DemiBold
            opacity: 0.72 + 0.28 * attract.kiosk.breath
        }

        Words {
            width: parent.width
            text: attract.kiosk.texts.t.attract_subtitle
            horizontalAlignment: Text.AlignHCenter
            wrapMode: Text.Wrap
            color: Theme.quiet
            font.pixelSize: 36 * attract.unit
        }
    }
}
