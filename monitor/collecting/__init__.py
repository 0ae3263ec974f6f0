"""Collecting: feeds polled on time, each post stored once, and what could not be read said aloud."""
