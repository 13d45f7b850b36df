"""Word lists, each with a header that says format and source."""
