"""Speed, measured; the figures stand in RESULTS.md."""
