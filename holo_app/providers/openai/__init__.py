"""OpenAI, and everybody who speaks its dialect."""
