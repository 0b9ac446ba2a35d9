"""What can be done with the catalogue. Each module is one door for its writes."""
