"""Everything that changes a room, a session or what is in it."""
