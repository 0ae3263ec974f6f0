"""Working together: who works on what, who is told, and what becomes of claims that nobody works on."""
