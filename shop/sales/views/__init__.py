"""Pages of buying. Each view makes one domain call and shows what came of it."""
