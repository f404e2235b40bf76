"""Kinetic theory of dilute gases: scattering, collision integrals, brackets, Chapman-Enskog coefficients."""
