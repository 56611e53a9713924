"""What the bank says has come in: read from its files, proposed as gifts, decided by a person."""
