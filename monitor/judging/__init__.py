"""Judging: what waits goes through the model, is put in its place, and teaches the model in return."""
