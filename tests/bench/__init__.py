"""The speed figures, each a ratio or a rate taken in one run: `make bench`."""
