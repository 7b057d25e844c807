"""Everything people read has its English, and what is shipped is what was translated."""

from pathlib import Path

import polib

from config.devtool import translations


def test_no_sentence_is_without_english_or_fuzzy() -> None:
    assert translations.stale(polib.pofile(str(translations.CATALOGUE))) == []


def test_the_shipped_mo_file_is_built_from_the_po_file(tmp_path: Path) -> None:
    polib.pofile(str(translations.CATALOGUE)).save_as_mofile(str(tmp_path / "django.mo"))

    assert translations.CATALOGUE.with_suffix(".mo").read_bytes() == (tmp_path / "django.mo").read_bytes()


def test_placeholders_survive_translation() -> None:
    entries = polib.pofile(str(translations.CATALOGUE))

    def holes(text: str) -> list[str]:
        return sorted(translations.PLACEHOLDER.findall(text))

    assert [entry.msgid for entry in entries if holes(entry.msgid) != holes(entry.msgstr)] == []
