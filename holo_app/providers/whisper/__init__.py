"""Speech recognition by Whisper on the device, in a process of its own."""
