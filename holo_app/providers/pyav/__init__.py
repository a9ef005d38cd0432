"""Film files by way of PyAV (FFmpeg), in a process of its own: its wheels carry x264 and x265, which are GPL."""
