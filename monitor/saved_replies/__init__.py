"""Saved replies and product knowledge: kept by leads, proposed where they fit, filled in where they are used."""
