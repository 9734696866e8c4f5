"""A visit: team, answers with their versions, minutes, conclusion."""
