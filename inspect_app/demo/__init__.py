"""The demonstration: real units, fictional people, and a believable history of two and three quarter years."""
