"""Give the database role its limits, so that a forgotten lock or a runaway query never holds others up (R16)."""

from django.core.management import call_command
from django.db import connection
from psycopg import sql

from config.commands import StaffCommand

LIMITS = {"lock_timeout": "3s", "statement_timeout": "10s", "idle_in_transaction_session_timeout": "10s"}


class Command(StaffCommand):
    """Set the limits with ALTER ROLE and make the table of the sign-in limiter. Safe to run again."""

    help = "设置数据库角色的超时上限，并建立登录限流所用的表（可重复执行）"

    def handle(self, *_args: object, **_options: object) -> None:
        """Apply to the role of DATABASE_URL; new connections have it."""
        with connection.cursor() as cursor:
            for name, limit in LIMITS.items():
                statement = sql.SQL("ALTER ROLE CURRENT_USER SET {} = {}").format(
                    sql.Identifier(name), sql.Literal(limit)
                )
                cursor.execute(statement)
        call_command("createcachetable")
