"""Each role's first page: reads everything, owns nothing."""
