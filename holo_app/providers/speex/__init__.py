"""Echo cancellation by the Speex project's DSP library."""
