"""Voice activity detection by the WebRTC project's Gaussian mixtures: no model file, no onnxruntime."""
