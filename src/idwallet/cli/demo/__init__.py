"""The whole story, with an invented person: played with the roles, then told."""
