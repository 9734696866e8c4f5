"""The year's plan, its targets and coverage; reads everything below."""
