pragma ComponentBehavior: Bound

import QtQuick
import Holo

// What was understood and what is said. The words that were heard are bright, those to come are not yet.
Item {
    id: captions

    required property HoloKiosk kiosk
    required property real unit
    readonly property bool customerAlone: kiosk.caption.replyText === ""

    Accessible.role: Accessible.StaticText
    Accessible.name: customerAlone ? kiosk.caption.customerText : kiosk.caption.replyText

    Column {
        anchors.bottom: parent.bottom
        anchors.horizontalCenter: parent.horizontalCenter
        width: parent.width
        spacing: 14 * captions.unit

        Words {
            objectName: "customerCaption"
            width: parent.width
            visible: text !== ""
            text: captions.kiosk.caption.customerText === "" ? "" : "“" + captions.kiosk.caption.customerText + (captions.kiosk.caption.customerFinal ? "”" : " …")
            horizontalAlignment: Text.AlignHCenter
            wrapMode: captions.customerAlone ? Text.Wrap : Text.NoWrap
            maximumLineCount: captions.customerAlone ? 4 : 1
            elide: Text.ElideRight
            color: captions.kiosk.caption.customerFinal ? Theme.quiet : Theme.cyan
            font.pixelSize: (captions.customerAlone ? 50 : 31) * captions.unit
        }

        TextEdit {
            id: reply
            objectName: "characterCaption"
            width: parent.width
            visible: text !== ""
            readOnly: true
            selectByMouse: false
            activeFocusOnPress: false
            activeFocusOnTab: false
            text: captions.kiosk.caption.replyText
            textFormat: TextEdit.PlainText
            renderType: TextEdit.NativeRendering
            horizontalAlignment: TextEdit.AlignHCenter
            wrapMode: TextEdit.Wrap
            color: Theme.unspoken
            font.family: Theme.family
            font.weight: Font.DemiBold
            font.pixelSize: 53 * captions.unit
            Accessible.ignored: true

            HoloSpokenPart {
                document: reply.textDocument
                chars: captions.kiosk.caption.spokenChars
                color: Theme.text
            }
        }
    }
}
