"""Who is near whom: cells, the search, the Verlet list and its skin."""
