"""Frames of reference and irreversible thermodynamics: fluxes, forces, Onsager coefficients, stresses."""
