"""What the scenarios of gas flows share: their config, scales, walls, measured fields, theory and figures."""
