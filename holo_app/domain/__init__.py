"""Frozen dataclasses and pure rules. Standard library only; imports nothing above it."""
