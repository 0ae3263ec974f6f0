"""The desk itself: what is kept, what is decided, and the clockwork that runs it."""
