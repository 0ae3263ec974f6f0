"""Where alerts go: one file per kind of channel behind one protocol."""
