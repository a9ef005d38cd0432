"""Speech synthesis by Piper, in a process of its own."""
