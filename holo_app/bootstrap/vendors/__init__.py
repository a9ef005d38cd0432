"""Who can hear, answer, speak and present: a factory for each name of the settings. Only what is configured is imported."""
