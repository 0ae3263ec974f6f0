"""What open boards are told as it happens, and who is looking."""
