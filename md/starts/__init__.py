"""Where the atoms of a run begin, and how fast."""
