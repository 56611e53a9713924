"""What happens to a gift's money: the only place where a donation's status moves.

Every move is a compare-and-set on the status, so two workers cannot both make it and repeating one
changes nothing. What follows from a move is written in the same transaction, and nothing here uses
the network.
"""

from donations.payments.entries import left_of
from donations.payments.held import let_go
from donations.payments.moves import MOVES, Impossible
from donations.payments.otherwise import receive, undo
from donations.payments.reversing import catch_up
from donations.payments.settling import expire, fail, hold, process, settle

__all__ = [
    "MOVES",
    "Impossible",
    "catch_up",
    "expire",
    "fail",
    "hold",
    "left_of",
    "let_go",
    "process",
    "receive",
    "settle",
    "undo",
]
