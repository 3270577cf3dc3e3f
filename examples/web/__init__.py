"""What the pages of the two example services have in common."""
