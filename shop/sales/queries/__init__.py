"""Reading baskets, purchases and orders. One module per thing that is read."""
