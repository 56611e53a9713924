"""What a person must be told of a gift or plan: each is a letter owed in the transaction that decides it.

Nothing here decides anything, and repeating a call owes nothing more.
"""
