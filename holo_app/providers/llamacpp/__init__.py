"""A language model on this machine: llama.cpp in a process that the kiosk keeps."""
