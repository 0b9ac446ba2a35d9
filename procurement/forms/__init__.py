"""What units, their supervisors and donors fill in."""
