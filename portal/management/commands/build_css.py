"""Build static/app.css from the files of static/src, in the order of their names."""

from pathlib import Path

import lightningcss
from django.conf import settings

from config.commands import StaffCommand

# The oldest engines seen inside WeChat (docs/architecture.md, "Pages").
BROWSERS = ["chrome 88", "ios_saf 14"]


def build_css(source: Path) -> str:
    """Return the stylesheets of a folder as one, lowered to BROWSERS and minified. Raises ValueError on broken CSS."""
    text = "\n".join(path.read_text(encoding="utf-8") for path in sorted(source.glob("*.css")))
    return str(lightningcss.process_stylesheet(text, browsers_list=BROWSERS, minify=True))


class Command(StaffCommand):
    """Write the stylesheet; run before collectstatic."""

    help = "Build static/app.css from static/src."
    requires_system_checks: list[str] = []

    def handle(self, *args: object, **options: object) -> None:  # noqa: ARG002 -- Django's signature
        """Write the file only when it changed, so that its date tells the truth."""
        target = Path(settings.BASE_DIR, "static", "app.css")
        css = build_css(target.parent / "src")
        if not target.exists() or target.read_text(encoding="utf-8") != css:
            target.write_text(css, encoding="utf-8")
        self.stdout.write(f"static/app.css: {len(css.encode())} bytes")
