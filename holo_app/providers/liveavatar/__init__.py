"""LiveAvatar, HeyGen's photo-real characters: a session over HTTP, a LiveKit room, and one of two ways to make it speak."""
