"""What is overdue, how long, whose."""
