"""Who did what to which thing, when. Appended, never edited."""
