"""What cloud avatars that live in a LiveKit room stand on: the room, its one clock, and a voice made of its sound."""
