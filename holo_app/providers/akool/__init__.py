"""AKOOL's photo-real characters, live and as videos."""
