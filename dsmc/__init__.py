"""Direct-simulation Monte Carlo."""
