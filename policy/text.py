"""What is left of a text when everything is taken out that nobody sees."""

import re
import unicodedata

# Controls, marks of direction and width, halves of pairs. Not what the fonts of today lack: rare characters of names.
UNSEEN = {"Cc", "Cf", "Cs"}


def visible(text: str) -> str:
    """Return the text without characters that cannot be seen. Blanks, tabs and line ends stay."""
    return "".join(letter for letter in text if letter in "\t\r\n" or unicodedata.category(letter) not in UNSEEN)


def lines(text: str) -> str:
    """Return what can be seen of the text, its lines kept, with single spaces and single line ends."""
    ends = visible(text).replace("\r\n", "\n").replace("\r", "\n")
    return re.sub(r"[^\S\n]+", " ", ends).strip()


def one_line(text: str) -> str:
    """Return what can be seen of the text on one line, with single spaces."""
    return " ".join(visible(text).split())
