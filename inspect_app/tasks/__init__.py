"""Remedial work: post, due date, extension, proof, verification."""
