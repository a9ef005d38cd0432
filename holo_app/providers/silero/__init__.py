"""Voice activity detection by the Silero network."""
