"""Continuum solutions: profiles, films, bulbs, transients, flows with slip, fields, demixing."""
