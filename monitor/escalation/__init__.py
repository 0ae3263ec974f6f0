"""Escalation: a mention is put before a lead or a named group, and goes further until a person has it."""
