"""Doctor, logging and what keeps the kiosk alive."""
