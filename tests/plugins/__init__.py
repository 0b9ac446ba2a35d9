"""Fixtures by concern."""
