"""What stands between the conversation and its providers, so that none of them can take the kiosk down.

From the inside out: `guarded` gives one provider its deadlines, retries and circuit breaker, and keeps the `health` board;
`hedging` races two of them, `remembered` saves asking; `chained_stt` and `chained_tts` put several in a row that ends in the
kiosk's own engine (for answers that is `dialogue.answering`). All know ports only.
"""
