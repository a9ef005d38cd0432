"""Our own renderer and the character it draws."""
