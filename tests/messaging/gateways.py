"""A gateway that answers as it is told."""

from messaging.channels import Outcome, Result


class Scripted:
    """A gateway that gives the answers of its script, then says sent; it keeps the keys it was called with."""

    def __init__(self) -> None:
        self.script: list[Result] = []
        self.keys: list[str] = []

    def __call__(self, *, number: str, text: str, key: str) -> Outcome:  # noqa: ARG002 -- the port's signature
        self.keys.append(key)
        result = self.script.pop(0) if self.script else Result.SENT
        return Outcome(result, receipt="r1" if result == Result.SENT else "", reason=f"script: {result}")
