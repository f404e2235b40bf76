"""What is measured beside the moments: velocity distributions, correlations at equilibrium."""
