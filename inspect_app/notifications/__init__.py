"""Outbox, in-app inbox, mail."""
