"""What an import or an export refuses as a whole."""

from policy.problems import Problem, Refused


class MenuRefused(Refused):
    """The file cannot be read, written or understood; nothing was changed. The text is the sentence to show."""


def refusal(code: str, sentence: str, mend: str = "") -> MenuRefused:
    """Return the exception of one problem; its text is the sentence and the mend."""
    whole = f"{sentence}{mend}"
    return MenuRefused([Problem(code, whole, mend, "file")])
