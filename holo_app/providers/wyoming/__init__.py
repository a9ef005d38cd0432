"""Talking to local speech servers in the Wyoming protocol."""
