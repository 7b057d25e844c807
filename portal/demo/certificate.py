"""The certificate that the demonstration's instructors hand in: a page that says it is none."""

from django.core.files.uploadedfile import SimpleUploadedFile

NAME = "演示证书.pdf"
WORDS = b"BT /F 24 Tf 60 500 Td (Demonstration. This is not a certificate.) Tj ET"
OBJECTS = [
    b"<</Type/Catalog/Pages 2 0 R>>",
    b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
    b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>",
    b"<</Length %d>>\nstream\n%s\nendstream" % (len(WORDS), WORDS),
    b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
]


def certificate() -> SimpleUploadedFile:
    """Return the file, the same bytes every time, as a browser would hand it in."""
    written, places = b"%PDF-1.4\n", []
    for number, content in enumerate(OBJECTS, start=1):
        places.append(b"%010d 00000 n \n" % len(written))
        written += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    count = len(OBJECTS) + 1
    table = b"xref\n0 %d\n0000000000 65535 f \n%s" % (count, b"".join(places))
    trailer = b"trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (count, len(written))
    return SimpleUploadedFile(NAME, written + table + trailer)
