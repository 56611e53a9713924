"""Subscriptions and what follows from them: invoices, renewals, retries, the portal, test clocks."""
