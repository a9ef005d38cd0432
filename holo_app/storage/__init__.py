"""SQLite behind the repository ports."""
