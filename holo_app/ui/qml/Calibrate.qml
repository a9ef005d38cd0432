pragma ComponentBehavior: Bound

import QtQuick
import Holo

// `holo-app calibrate`: the hologram's picture, and the controls over it.
Window {
    id: root

    required property HoloCalibration calibration

    color: "black"
    title: "Holo"

    CalibrationPanel {
        objectName: "calibrationPanel"
        calibration: root.calibration
        unit: Math.min(root.width, root.height) / 1080
        anchors.fill: parent
        focus: true
    }
}
