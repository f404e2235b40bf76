"""Molecular dynamics of Lennard-Jones fluids, in reduced units."""
