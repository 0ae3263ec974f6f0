"""The board: the queue with its filters, what can be done to many of its mentions, and what stands beside it."""
