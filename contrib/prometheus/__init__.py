"""Monitoring: a Prometheus server, node exporters, and whatever the cluster's framework tells of itself."""
