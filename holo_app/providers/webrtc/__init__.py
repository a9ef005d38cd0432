"""Two parts of the WebRTC project: voice activity detection by Gaussian mixtures, and its echo canceller. No model files."""
