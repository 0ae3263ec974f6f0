"""Guidance: what the team does about the hard ones, in pages that leads keep, shown where they apply."""
