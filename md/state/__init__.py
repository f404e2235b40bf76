"""What a simulation holds: atoms in their spatial order, boxes, and the lanes that sums run over."""
