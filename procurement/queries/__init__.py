"""Reading units, quota, requests and gifts. One module per thing that is read."""
