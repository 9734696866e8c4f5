"""Keeps files and photos; reads and writes spreadsheets; renders paper."""
