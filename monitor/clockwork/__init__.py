"""What the desk does by the clock: planning, which one process at a time does, and work, which any number may do."""
