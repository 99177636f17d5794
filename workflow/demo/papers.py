"""An attendance sheet as a provider would send it: a small, whole PDF of one page that says it is an example."""

from __future__ import annotations

from workflow.filing import Upload
from workflow.folding import fold

FONT = "/Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >>"


def attendance_sheet(*lines: str) -> Upload:
    """A one-page PDF with the lines; letters beyond ASCII are written without their marks."""
    text = "".join(f"({_plain(line)}) Tj T* " for line in ("PARAUGS / EXAMPLE", *lines))
    stream = f"BT /F1 12 Tf 16 TL 60 780 Td {text}ET"
    parts = (
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << {FONT} >> >>",
        f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream",
    )
    return Upload("apmeklejumi.pdf", _assembled(parts).encode("ascii"))


def _plain(line: str) -> str:
    return "".join(letter for letter in fold(line) if " " <= letter <= "~" and letter not in "()\\")


def _assembled(parts: tuple[str, ...]) -> str:
    """The objects with their table of places, without which a reader calls the file damaged."""
    body, places = "%PDF-1.4\n", []
    for number, part in enumerate(parts, 1):
        places.append(len(body))
        body += f"{number} 0 obj\n{part}\nendobj\n"
    table = "".join(f"{place:010d} 00000 n \n" for place in places)
    start, size = len(body), len(parts) + 1
    return (
        f"{body}xref\n0 {size}\n0000000000 65535 f \n{table}"
        f"trailer\n<< /Size {size} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n"
    )
