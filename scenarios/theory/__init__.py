"""`knudsen theory`: questions to the theory, their answers as tables, JSON and figures."""
