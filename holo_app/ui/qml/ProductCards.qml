pragma ComponentBehavior: Bound

import QtQuick
import Holo

// The product that is spoken of, large; others that were mentioned, small: beside it on a tall screen, below it where
// the cards stand in a column of their own. The height is fixed on a tall screen: the face above stays free.
Item {
    id: cards

    required property HoloKiosk kiosk
    required property real unit
    property bool stacked: false
    readonly property var main: kiosk.cards.main
    readonly property var others: kiosk.cards.others
    readonly property real gap: 16 * unit
    readonly property real mainWidth: stacked || others.length === 0 ? width : width * 0.64 - gap / 2
    readonly property real mainHeight: 258 * unit
    readonly property real smallHeight: stacked ? 118 * unit : (mainHeight - gap * (others.length - 1)) / Math.max(others.length, 2)

    visible: kiosk.cards.count > 0
    implicitHeight: stacked ? stackedCard.height + others.length * (smallHeight + gap) : mainHeight

    function stockColor(level: string): color {
        return level === "in" ? Theme.good : Theme.amber;
    }

    component Picture: Rectangle {
        id: frame
        required property string source
        radius: 20 * cards.unit
        color: "#FFEFF6FA"

        Image {
            anchors.fill: parent
            anchors.margins: 6 * cards.unit
            asynchronous: true
            fillMode: Image.PreserveAspectFit
            source: frame.source
            sourceSize: Qt.size(width, height)
        }

        Image {
            anchors.centerIn: parent
            visible: frame.source === ""
            source: cards.kiosk.art + "icons/picture.svg"
            sourceSize: Qt.size(frame.width * 0.4, frame.width * 0.4)
        }
    }

    component Price: Words {
        text: cards.main.price ?? ""
        visible: text !== ""
        color: Theme.cyan
        font.pixelSize: 46 * cards.unit
        font.weight: Font.DemiBold
    }

    component Stock: Row {
        visible: (cards.main.stock ?? "") !== ""
        spacing: 12 * cards.unit

        Rectangle {
            anchors.verticalCenter: parent.verticalCenter
            width: 15 * cards.unit
            height: width
            radius: width / 2
            color: cards.stockColor(cards.main.stockLevel ?? "")
        }

        Words {
            anchors.verticalCenter: parent.verticalCenter
            text: cards.main.stock ?? ""
            color: cards.stockColor(cards.main.stockLevel ?? "")
            font.pixelSize: 26 * cards.unit
        }
    }

    component Details: Column {
        id: details
        property int most: 3
        spacing: 5 * cards.unit

        Repeater {
            model: (cards.main.attributes ?? []).slice(0, details.most)

            Row {
                id: line
                required property var modelData
                width: details.width
                spacing: 12 * cards.unit

                Words {
                    id: label
                    text: line.modelData.label
                    color: Theme.quiet
                    font.pixelSize: 24 * cards.unit
                }

                Words {
                    width: line.width - label.width - line.spacing
                    text: line.modelData.value
                    elide: Text.ElideRight
                    font.pixelSize: 24 * cards.unit
                }
            }
        }
    }

    component Glass: Rectangle {
        radius: 30 * cards.unit
        color: Theme.glass
        border.width: 2
        border.color: Theme.edge
        Accessible.role: Accessible.Grouping
    }

    // tall screen: one card of fixed height under the face
    Glass {
        objectName: "mainCard"
        visible: !cards.stacked
        width: cards.mainWidth
        height: cards.mainHeight
        Accessible.name: [cards.main.name, cards.main.price, cards.main.stock].join(", ")

        Picture {
            id: picture
            x: 18 * cards.unit
            y: x
            width: parent.height - 2 * x
            height: width
            source: cards.main.picture ?? ""
        }

        Column {
            anchors.verticalCenter: parent.verticalCenter
            x: picture.x + picture.width + 26 * cards.unit
            width: parent.width - x - 22 * cards.unit
            spacing: 6 * cards.unit

            Words {
                width: parent.width
                text: cards.main.name ?? ""
                wrapMode: Text.Wrap
                maximumLineCount: 2
                elide: Text.ElideRight
                font.pixelSize: 33 * cards.unit
                font.weight: Font.DemiBold
            }

            Price {
                objectName: "mainPrice"
            }

            Stock {}

            Details {
                visible: cards.others.length === 0
                width: parent.width
            }
        }
    }

    // wide screen: a column beside the figure
    Glass {
        id: stackedCard
        visible: cards.stacked
        width: cards.width
        height: inside.implicitHeight + 48 * cards.unit
        Accessible.name: [cards.main.name, cards.main.price, cards.main.stock].join(", ")

        Column {
            id: inside
            x: 24 * cards.unit
            y: x
            width: parent.width - 2 * x
            spacing: 12 * cards.unit

            Picture {
                width: Math.min(parent.width, 250 * cards.unit)
                height: width
                source: cards.stacked ? cards.main.picture ?? "" : ""
            }

            Words {
                width: parent.width
                text: cards.main.name ?? ""
                wrapMode: Text.Wrap
                maximumLineCount: 3
                elide: Text.ElideRight
                font.pixelSize: 34 * cards.unit
                font.weight: Font.DemiBold
            }

            Price {}

            Stock {}

            Details {
                width: parent.width
            }
        }
    }

    Column {
        x: cards.stacked ? 0 : cards.mainWidth + cards.gap
        y: cards.stacked ? stackedCard.height + cards.gap : 0
        width: cards.width - x
        spacing: cards.gap

        Repeater {
            model: cards.others

            Glass {
                id: small
                required property var modelData
                width: parent?.width ?? 0
                height: cards.smallHeight
                Accessible.name: [small.modelData.name, small.modelData.price].join(", ")

                Picture {
                    id: thumb
                    x: 10 * cards.unit
                    y: x
                    width: small.height - 2 * x
                    height: width
                    source: small.modelData.picture
                }

                Column {
                    anchors.verticalCenter: parent.verticalCenter
                    x: thumb.width + 26 * cards.unit
                    width: small.width - x - 14 * cards.unit

                    Words {
                        width: parent.width
                        text: small.modelData.name
                        wrapMode: Text.Wrap
                        maximumLineCount: small.height > 100 * cards.unit ? 2 : 1
                        elide: Text.ElideRight
                        font.pixelSize: 22 * cards.unit
                    }

                    Words {
                        text: small.modelData.price
                        color: Theme.cyan
                        font.pixelSize: 25 * cards.unit
                        font.weight: Font.DemiBold
                    }
                }
            }
        }
    }
}
