"""External fields and walls that act on atoms by their place and species."""
