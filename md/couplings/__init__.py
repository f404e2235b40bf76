"""Thermostats, barostats and the imposing of heat and momentum fluxes: exchanges with the surroundings."""
