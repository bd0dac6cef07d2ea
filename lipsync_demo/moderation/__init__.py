"""Whether pictures show what most people would not want to see unasked."""
