"""Retrieval without any model file."""
