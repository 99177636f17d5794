"""Following every link, as a person who looks into everything."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import views
from tests.hostile.browsing import Browser

HTMX = {"HX-Request": "true", "HX-Request-Type": "partial"}
LINK = re.compile(r'(?:href|hx-get)="(/[^"#]*)')
# Links that differ only in their numbers and values lead to pages of one kind.
MOST_OF_A_KIND = 12


def crawl(browser: Browser, most: int = 160) -> dict[str, str]:
    """Pages by address, each whole and as the fragment that htmx would get; of one kind only a few."""
    waiting, seen, kinds = ["/"], {}, Counter[str]()
    while waiting and len(seen) < most:
        path = waiting.pop(0)
        kind = re.sub(r"[0-9]+", "#", re.sub(r"=[^&]*", "=", path))
        if path in seen or path.startswith("/static") or kinds[kind] >= MOST_OF_A_KIND:
            continue
        kinds[kind] += 1
        seen[path] = look(browser, path)
        waiting += [found.replace("&amp;", "&") for found in LINK.findall(seen[path])]
    return seen


def look(browser: Browser, path: str) -> str:
    """The page and its fragment; files and pictures are no pages."""
    answer = browser.get(path)
    assert answer.status_code in (200, 303), f"{path}: {answer.status_code}"
    if answer.mimetype != "text/html":
        return ""
    return answer.get_data(as_text=True) + browser.get(path, headers=HTMX).get_data(as_text=True)


def query_names() -> list[str]:
    """Every name that a view reads from the address, from the source itself, and those of the filters' parts."""
    folder = Path(views.__file__).parent
    source = "\n".join(file.read_text(encoding="utf-8") for file in sorted(folder.rglob("*.py")))
    read = re.findall(r"""args(?:\.get|\.getlist)?[(\[]["'](\w+)["']""", source)
    parts = re.findall(r"""^    ["'](\w+)["']: ["']\w+["'],$""", source, re.MULTILINE)
    return sorted({*read, *parts, "after", "before"})
