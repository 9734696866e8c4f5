"""The tablet's door: packs out, changes in, one by one."""
