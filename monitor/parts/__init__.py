"""The processes of a desk: who is alive, and which one of them plans."""
