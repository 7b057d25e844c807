"""What the sign-in remembers: one-time codes, and how often something was tried."""

from datetime import datetime, timedelta
from typing import Self

from django.db import connection, models, transaction

from accounts.models.people import User


class SignInCodeQuerySet(models.QuerySet["SignInCode"]):
    """What one may ask about codes."""

    def open_at(self, now: datetime, *, tries: int) -> Self:
        """Keep codes that may be tried at `now`: unused, not expired, with fewer than `tries` tries."""
        return self.filter(used_at=None, expires_at__gt=now, tries__lt=tries)


class SignInCode(models.Model):
    """A one-time code or sign-in address of a person. The digits are computed, never stored (accounts/codes.py)."""

    person = models.ForeignKey(User, models.CASCADE, related_name="sign_in_codes")
    secret = models.CharField(max_length=32)
    expires_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True, blank=True)

    objects = SignInCodeQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.pk}"


class TallyQuerySet(models.QuerySet["Tally"]):
    """What one may ask of tallies."""

    def count_one(self, *, key: str, period: timedelta, now: datetime) -> "Tally":
        """Count one more try, in one statement, and return the tally. A period that is over begins anew."""
        sql = """
            INSERT INTO accounts_tally AS tally (key, started_at, hits) VALUES (%(key)s, %(now)s, 1)
            ON CONFLICT (key) DO UPDATE SET
                hits = CASE WHEN tally.started_at > %(over)s THEN tally.hits + 1 ELSE 1 END,
                started_at = CASE WHEN tally.started_at > %(over)s THEN tally.started_at ELSE %(now)s END
            RETURNING key, started_at, hits
        """
        with connection.cursor() as cursor:
            cursor.execute(sql, {"key": key, "now": now, "over": now - period})
            return Tally(*cursor.fetchone())

    def sweep(self, *, now: datetime) -> None:
        """Delete up to a hundred tallies whose longest period, a day, is over."""
        with transaction.atomic():
            old = self.filter(started_at__lte=now - timedelta(days=1)).select_for_update(skip_locked=True)
            self.filter(pk__in=list(old.order_by("pk").values_list("pk", flat=True)[:100])).delete()


class Tally(models.Model):
    """How often something was tried since `started_at` (accounts/limits.py)."""

    key = models.CharField(max_length=80, primary_key=True)
    started_at = models.DateTimeField(db_index=True)
    hits = models.PositiveIntegerField()

    objects = TallyQuerySet.as_manager()

    class Meta:
        ordering = ["key"]
        verbose_name_plural = "tallies"

    def __str__(self) -> str:
        return f"{self.key}: {self.hits}"
