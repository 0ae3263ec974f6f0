"""The pages beside the queue: each its own."""
