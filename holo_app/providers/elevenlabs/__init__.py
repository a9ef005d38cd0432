"""ElevenLabs: speech synthesis."""
