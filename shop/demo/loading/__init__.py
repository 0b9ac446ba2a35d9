"""Putting the sample world into the database, part by part."""
