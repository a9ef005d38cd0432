"""What a recogniser is given: an utterance as samples, and whether a word may be in it."""
