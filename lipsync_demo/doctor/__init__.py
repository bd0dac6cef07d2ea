"""What may go wrong with two inputs, found before they are sent, and what mends it."""
