"""Speech synthesis by Kokoro, in a process of its own."""
