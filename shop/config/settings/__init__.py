"""Settings by concern: base and oscar are shared; dev, test and production choose what runs where."""
