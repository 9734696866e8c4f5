"""What was wrong: severity, cause, reply, recurrence, closing."""
