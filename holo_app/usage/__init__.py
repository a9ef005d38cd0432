"""What the kiosk's providers are used for, and what that costs."""
