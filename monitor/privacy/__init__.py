"""How long the desk keeps what people wrote, what it holds about one of them, and how it forgets."""
