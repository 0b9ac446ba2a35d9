"""Forms of buying."""
