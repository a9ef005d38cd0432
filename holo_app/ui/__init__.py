"""The kiosk window: QML, view-models and the one thread bridge."""
