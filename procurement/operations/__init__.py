"""What can be done with units, declarations, requests and gifts. Each module is one door for its writes."""
