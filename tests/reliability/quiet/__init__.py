"""Whom the app calls when nobody asked it to."""
