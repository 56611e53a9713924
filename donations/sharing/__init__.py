"""The pictures that stand beside our addresses where people share them."""
