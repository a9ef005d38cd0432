pragma Singleton
import QtQuick

// Colours and type of the overlay: light on black, because black is what a hologram display does not show.
QtObject {
    readonly property color cyan: "#45D9FF"
    readonly property color violet: "#A98BFF"
    readonly property color amber: "#FFC164"
    readonly property color text: "#F2FBFF"
    readonly property color quiet: "#A9C3D6"
    readonly property color unspoken: "#7E9DB5"
    readonly property color glass: "#E00A1420"
    readonly property color glassHigh: "#E0132434"
    readonly property color edge: "#4A6FA8C8"
    readonly property color good: "#7BE8B5"
    readonly property string family: "Inter"

    function lookColor(look: string): color {
        if (look === "trouble")
            return amber;
        return look === "thinking" || look === "speaking" ? violet : cyan;
    }

    function glow(look: string): string {
        if (look === "trouble")
            return "glow_amber.svg";
        return look === "thinking" || look === "speaking" ? "glow_violet.svg" : "glow_cyan.svg";
    }
}
