"""How the world does it: one file per product; none imports another."""
