"""Running ONNX models on the processor."""
