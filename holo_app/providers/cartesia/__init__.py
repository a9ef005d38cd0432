"""Cartesia: speech synthesis."""
