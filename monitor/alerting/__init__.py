"""Alerting: who is woken, through which channel, and that it is sent whatever happens."""
