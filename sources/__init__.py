"""Where posts come from: one file per platform behind the protocol of `sources.base`."""
