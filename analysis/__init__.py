"""Statistics, kinetic theory and figures; imports core only, never an engine."""
