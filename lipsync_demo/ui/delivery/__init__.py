"""How the page reaches the browser: few requests, compressed, kept there as long as they may be."""
