"""Microphones and speakers: real, file, virtual and null."""
