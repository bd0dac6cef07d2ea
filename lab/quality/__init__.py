"""How well lips follow, what stays untouched, and sheets to look at."""
