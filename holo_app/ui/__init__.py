"""The screen: window, QML view-models, and the one bridge between the voice loop's thread and the GUI thread."""
