"""What is counted and measured of a running process, for Prometheus: `docs/metrics.md`."""
