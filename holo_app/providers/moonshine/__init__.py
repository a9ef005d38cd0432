"""English speech recognition by Moonshine, on the device."""
