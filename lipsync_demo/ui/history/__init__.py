"""The history tab: this browser's runs."""
