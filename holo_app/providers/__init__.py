"""One folder per vendor or engine; vendors do not know each other."""
