"""One module a kind of object: what it looks like, and what its addresses do."""
