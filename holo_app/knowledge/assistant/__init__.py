"""Answers by a language model that knows only what the shop's data say."""
