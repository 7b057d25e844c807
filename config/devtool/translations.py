"""`./dev translate`: collect what people read, keep locale/en complete, build the .mo file without system gettext.

A sentence's key is its Chinese text. Collected are constant arguments of gettext calls in Python and of translation
tags in templates; new keys are added to the .po with an empty translation, unused ones are dropped.
"""

import ast
import re
import sys
from collections.abc import Iterator

import polib
from django.utils.translation.template import templatize

from config.devtool.processes import ROOT

CATALOGUE = ROOT / "locale" / "en" / "LC_MESSAGES" / "django.po"
APPS = [
    "policy",
    "messaging",
    "accounts",
    "catalogue",
    "proposals",
    "timetable",
    "enrollment",
    "bookings",
    "portal",
    "config",
]
CALLS = {"_", "mark", "gettext", "gettext_lazy", "gettext_noop"}
PLACEHOLDER = re.compile(r"%\([a-z_]+\)[sd]|\{[a-z_]+\}")
IN_TEMPLATE = re.compile(r"""\b(?:gettext|_)\(\s*u?('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")""")


def collect() -> dict[str, list[str]]:
    """Return every key with the files that use it."""
    found: dict[str, list[str]] = {}
    for path, key in [*_python(), *_templates()]:
        places = found.setdefault(key, [])
        if path not in places:
            places.append(path)
    return found


def stale(catalogue: polib.POFile) -> list[str]:
    """Return keys that the .po lacks, has without a translation, or has as fuzzy."""
    done = {entry.msgid for entry in catalogue if entry.msgstr and "fuzzy" not in entry.flags}
    return sorted(set(collect()) - done)


def translate() -> int:
    """Bring the .po up to date, build the .mo, and list what still wants a translation."""
    old = {entry.msgid: entry.msgstr for entry in polib.pofile(str(CATALOGUE))} if CATALOGUE.exists() else {}
    catalogue = polib.POFile(wrapwidth=110)
    catalogue.metadata = {"Content-Type": "text/plain; charset=UTF-8", "Language": "en"}
    for key, places in sorted(collect().items(), key=lambda item: (item[1][0], item[0])):
        flags = ["python-format"] if "%(" in key else []
        occurrences = [(place, "") for place in places]
        catalogue.append(polib.POEntry(msgid=key, msgstr=old.get(key, ""), occurrences=occurrences, flags=flags))
    CATALOGUE.parent.mkdir(parents=True, exist_ok=True)
    catalogue.save(str(CATALOGUE))
    catalogue.save_as_mofile(str(CATALOGUE.with_suffix(".mo")))
    missing = stale(catalogue)
    for key in missing:
        print(key)
    print(f"{len(catalogue)} sentences, {len(missing)} without English")
    return 1 if missing else 0


def _python() -> Iterator[tuple[str, str]]:
    for app in APPS:
        for path in sorted((ROOT / app).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and (key := _key(node)):
                    yield str(path.relative_to(ROOT)), key


def _key(call: ast.Call) -> str:
    """Return the constant first argument of a gettext call, else nothing."""
    name = getattr(call.func, "id", getattr(call.func, "attr", ""))
    match call.args:
        case [ast.Constant(value=str(key)), *_] if name in CALLS:
            return key
    return ""


def _templates() -> Iterator[tuple[str, str]]:
    for path in sorted((ROOT / "templates").rglob("*.html")):
        for literal in IN_TEMPLATE.findall(templatize(path.read_text(encoding="utf-8"))):
            yield str(path.relative_to(ROOT)), ast.literal_eval(literal)


if __name__ == "__main__":
    sys.exit(translate())
