"""Wiring only: settings, addresses, the Celery application, WSGI and middleware."""

from campaign.celery import app as celery_app

__all__ = ["celery_app"]
