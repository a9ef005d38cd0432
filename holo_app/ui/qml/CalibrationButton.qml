import QtQuick

// A button of the calibration screen. The keys belong to the values: Tab goes through these, not through the buttons.
GlassButton {
    id: button

    activeFocusOnTab: false
    textSize: unit > 0 ? Math.max(14 / unit, 26) : 26
    implicitWidth: Math.max(72, implicitHeight, contentWidth + 40 * unit)
}
