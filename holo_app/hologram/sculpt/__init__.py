"""The sculptor: turns formulas into the character's meshes. Runs once per code version; the result is cached."""
