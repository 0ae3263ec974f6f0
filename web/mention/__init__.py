"""A mention: its page, and everything a person does there."""
