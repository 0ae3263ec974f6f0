"""What open boards are told while they are open."""
