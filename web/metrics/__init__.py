"""`/metrics` for Prometheus: how the desk does, and how fast this process answers. No label tells of a person."""
