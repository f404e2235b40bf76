"""Pair potentials: shapes, cut-offs, tables by species, mixing rules and what lies beyond the cut-off."""
