"""Counts that end by themselves: in Redis where there is one, else in rows that all processes share.

The counting itself is the library's, `limits`. A Redis that does not answer is left alone for half a minute
and the rows count meanwhile: nobody is refused, and nothing fails, because a counter is out of order.
"""

import datetime as dt
import logging
import time
from functools import cache

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F
from django.db.models.functions import Greatest
from django.utils import timezone
from limits import RateLimitItem, RateLimitItemPerDay, RateLimitItemPerHour, RateLimitItemPerMinute
from limits.errors import StorageError
from limits.storage import RedisStorage, Storage
from limits.strategies import FixedWindowRateLimiter, RateLimiter

from donations.models import RateCount

logger = logging.getLogger(__name__)

_LEFT_ALONE_SECONDS = 30
_SECONDS_TO_ANSWER = 0.5
# In one step, as others count meanwhile. What is not there is not made: its time has ended.
_COUNT_DOWN = b"""
local count = tonumber(redis.call("get", KEYS[1]) or "0")
if count <= 0 then
    return count
end
return redis.call("decrby", KEYS[1], math.min(count, tonumber(ARGV[1])))
"""


class RedisCounters(RedisStorage):
    """The library's, but for counting down: never below nothing."""

    STORAGE_SCHEME = ["counters"]

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        if amount >= 0:
            return super().incr(key, expiry, amount)
        return int(self._count_down([self.prefixed_key(key)], [-amount]))

    def initialize_storage(self, uri: str) -> None:
        super().initialize_storage(uri)
        self._count_down = self.get_connection().register_script(_COUNT_DOWN)


class RowStorage(Storage):
    """Fixed windows kept in the database: a row for each key."""

    STORAGE_SCHEME = ["rows"]

    @property
    def base_exceptions(self) -> type[Exception]:
        return IntegrityError

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Add to a counter, which begins anew once its time has ended. Each of many gets its own sum.

        A negative amount is taken off, down to nothing at most, and begins nothing.
        """
        with transaction.atomic():
            if amount < 0:
                running = RateCount.objects.filter(key=key, ends_at__gt=timezone.now())
                running.update(count=Greatest(F("count") + amount, 0))
                return self.get(key)
            rows, now = RateCount.objects.filter(key=key), timezone.now()
            rows.filter(ends_at__lte=now).delete()
            if not rows.update(count=F("count") + amount):
                ends_at = now + dt.timedelta(seconds=expiry)
                _made, created = RateCount.objects.get_or_create(
                    key=key, defaults={"count": amount, "ends_at": ends_at}
                )
                if not created:  # another process was faster
                    rows.update(count=F("count") + amount)
            return self.get(key)

    def get(self, key: str) -> int:
        found = RateCount.objects.filter(key=key, ends_at__gt=timezone.now())
        return found.values_list("count", flat=True).first() or 0

    def get_expiry(self, key: str) -> float:
        row = RateCount.objects.filter(key=key).first()
        return row.ends_at.timestamp() if row else time.time()

    def check(self) -> bool:
        return True

    def reset(self) -> int | None:
        return RateCount.objects.all().delete()[0]

    def clear(self, key: str) -> None:
        RateCount.objects.filter(key=key).delete()


def per_minute(amount: int) -> RateLimitItem:
    return RateLimitItemPerMinute(amount, namespace="guard")


def per_hour(amount: int) -> RateLimitItem:
    return RateLimitItemPerHour(amount, namespace="guard")


def per_day(amount: int) -> RateLimitItem:
    return RateLimitItemPerDay(amount, namespace="guard")


def hit(item: RateLimitItem, *names: str, cost: int = 1) -> bool:
    """Count once; False when that is more than `item` allows. A negative cost counts down again, never
    below nothing.
    """
    redis_limiter = _redis()
    if redis_limiter is not None:
        try:
            return redis_limiter.hit(item, *names, cost=cost)
        except StorageError as error:
            _Redis.silent_until = time.monotonic() + _LEFT_ALONE_SECONDS
            logger.warning("Redis does not count (%s): the database does meanwhile.", error)
    return _ROWS.hit(item, *names, cost=cost)


def tidy() -> int:
    """Delete the counters whose time has ended. Safe at any time."""
    return RateCount.objects.filter(ends_at__lte=timezone.now()).delete()[0]


class _Redis:
    """What this process knows of Redis: until when it is not to be asked."""

    silent_until = 0.0


def _redis() -> RateLimiter | None:
    if not settings.REDIS_URL or time.monotonic() < _Redis.silent_until:
        return None
    return _redis_at(settings.REDIS_URL)


@cache
def _redis_at(url: str) -> RateLimiter:
    storage = RedisCounters(
        url.replace("unix://", "redis+unix://", 1) if url.startswith("unix://") else url,
        wrap_exceptions=True,
        key_prefix="guard",
        socket_connect_timeout=_SECONDS_TO_ANSWER,
        socket_timeout=_SECONDS_TO_ANSWER,
    )
    return FixedWindowRateLimiter(storage)


_ROWS = FixedWindowRateLimiter(RowStorage())
