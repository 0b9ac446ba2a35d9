"""Where goods come from: bases and lots, events in a chain of hashes, parcels with their trace code."""
