"""Atoms that come and go: test insertions and a reservoir."""
