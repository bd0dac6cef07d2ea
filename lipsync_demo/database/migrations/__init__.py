"""Migrations, one numbered file each; they only go forward."""
