import QtQuick

// The hologram's own window, where words and touch have another screen: the figure, and nothing over it.
Window {
    id: root

    required property bool mayClose

    color: "black"
    title: "Holo hologram"

    // the way out is behind the PIN, on the other screen
    onClosing: close => close.accepted = root.mayClose
}
