"""Which display is connected: what its EDID says, and what is known of its model. No Qt, and nothing heavy."""
