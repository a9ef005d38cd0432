"""Voices that speak phonemes in a process of their own: what Piper and Kokoro stand on."""
