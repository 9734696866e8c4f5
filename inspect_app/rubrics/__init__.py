"""What is asked of a unit and how the answers count; published versions never change."""
