"""Who meets whom (`partners`, `selection`) and how pairs scatter (`laws`, `tables`, `scattering`)."""

from knudsen.dsmc.collisions.collider import USUAL, Collider, Collisions

__all__ = ["USUAL", "Collider", "Collisions"]
