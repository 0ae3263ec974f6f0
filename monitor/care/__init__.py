"""Caring for one mention beyond the commands of the desk: how it was closed, what is kept in mind, what came after."""
