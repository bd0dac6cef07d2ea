"""Quality of the lip-sync: accuracy, unchanged pixels and times, contact sheets."""
