"""What is measured on the way: correlations, displacements, structure, profiles, thermodynamic series."""
