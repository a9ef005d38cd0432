"""Where keys are kept: the operating system's own store, or what systemd hands to its service."""
