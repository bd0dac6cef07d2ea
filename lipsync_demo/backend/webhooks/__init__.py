"""Webhooks for ended tasks."""
