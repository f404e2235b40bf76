"""Rotation and vibration: what molecules hold, exchange in collisions and take from walls."""
