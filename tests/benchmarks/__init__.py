"""Measurements, each one a command that prints its numbers. None is asserted by the test-suite: machines differ."""
