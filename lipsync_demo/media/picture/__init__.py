"""From stored to displayed pictures: orientation, size, dynamic range."""
