"""Keeping child processes alive."""
