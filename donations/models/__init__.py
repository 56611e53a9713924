from donations.models.access import DonorSession, SignInLink
from donations.models.bank import BankLine, BankStatement, Format, LineState
from donations.models.comparison import Comparison, Difference, Discrepancy, DiscrepancyState
from donations.models.donation import Display, Donation, Frequency, Method, Status
from donations.models.donor import Donor, Kind
from donations.models.guarding import Attack, Attempt, Decline, RateCount
from donations.models.issuer import Issuer
from donations.models.ledger import AppendOnly, EntryKind, LedgerEntry, MonthlyTotal, ProgramTotal
from donations.models.offline_gift import OTHERWISE, OfflineGift
from donations.models.pledge import Pledge, Way
from donations.models.receipt import Receipt, ReceiptCounter, ReceiptState, Series
from donations.models.recurring import EndReason, PlanStatus, RecurringDonation
from donations.models.reversal import (
    Dispute,
    DisputeReason,
    DisputeStatus,
    FraudWarning,
    Refund,
    RefundReason,
    RefundStatus,
)
from donations.models.stripe_event import Replay, StripeEvent
from donations.models.tax_rule import Regime, TaxRule
from donations.models.wishes import EmailChange, ErasureRequest, ErasureStatus

__all__ = [
    "OTHERWISE",
    "AppendOnly",
    "Attack",
    "Attempt",
    "BankLine",
    "BankStatement",
    "Comparison",
    "Decline",
    "Difference",
    "Discrepancy",
    "DiscrepancyState",
    "Display",
    "Dispute",
    "DisputeReason",
    "DisputeStatus",
    "Donation",
    "Donor",
    "DonorSession",
    "EmailChange",
    "EndReason",
    "EntryKind",
    "ErasureRequest",
    "ErasureStatus",
    "Format",
    "FraudWarning",
    "Frequency",
    "Issuer",
    "Kind",
    "LedgerEntry",
    "LineState",
    "Method",
    "MonthlyTotal",
    "OfflineGift",
    "PlanStatus",
    "Pledge",
    "ProgramTotal",
    "RateCount",
    "Receipt",
    "ReceiptCounter",
    "ReceiptState",
    "RecurringDonation",
    "Refund",
    "RefundReason",
    "RefundStatus",
    "Regime",
    "Replay",
    "Series",
    "SignInLink",
    "Status",
    "StripeEvent",
    "TaxRule",
    "Way",
]
