"""Reads a reply before it is sent and says, with reasons, what would make it kinder or safer; it never blocks."""
