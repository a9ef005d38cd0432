"""End-of-turn detection by Smart Turn."""
