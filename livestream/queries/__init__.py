"""Reading rooms and sessions."""
