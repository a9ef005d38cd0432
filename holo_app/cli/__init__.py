"""The holo-app command line."""
