"""Everything that touches a clock, a file, a database or a token."""
