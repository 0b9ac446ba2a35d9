"""Pages of units, of those above them, and of gifts."""
