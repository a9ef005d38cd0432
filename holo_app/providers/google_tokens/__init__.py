"""How Google's services that take no API key are opened: short-lived tokens for a service account."""
