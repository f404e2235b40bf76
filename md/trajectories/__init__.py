"""Frames of a run: H5MD files, MDAnalysis, other formats."""
