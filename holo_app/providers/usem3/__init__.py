"""Universal sentence encoder, multilingual v3, in numpy."""
