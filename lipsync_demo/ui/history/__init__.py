"""The view of this browser's runs."""
