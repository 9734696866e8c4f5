"""Working days, holidays, swapped days."""
