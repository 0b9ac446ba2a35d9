"""What can be done with baskets, purchases and orders. Each module is one door for its writes."""
