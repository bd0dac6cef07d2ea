"""Sound: channels, level, time stamps, packing."""
