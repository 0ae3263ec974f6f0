"""Public answers: sent from here exactly once, approved where a brand wants it, and looked for afterwards."""
