"""Kinetic theory of the transition regime: slip, free-molecular limits, linearised slab solvers."""
