"""Other people's lists of what executes where it should not, and our own for each place."""

import json
import re
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path

# breaks out of text, attributes, scripts, styles, comments, links and templates
CORE = (
    "\"'></title></textarea></script></style></template>--><svg/onload=canary()>"
    "<img src=x onerror=canary()><script>canary()</script>"
    "<iframe srcdoc='<script>canary()</script>'></iframe>"
    "<a href=javascript:canary() autofocus onfocus=canary()>x</a>"
    "<style>@import '//evil.example'</style><link rel=stylesheet href=//evil.example>"
    "' onmouseover=canary() x='\" onfocus=canary() autofocus x=\"`${canary()}`{{canary()}}"
    "<base href=//evil.example><meta http-equiv=refresh content=0;url=//evil.example>"
    "<form action=//evil.example><button formaction=//evil.example>"
    "[x](javascript:canary()) <javascript:canary()> ![x](//evil.example/x.png) "
    'https://evil.example/"onx=1'
)
_PAYLOAD = re.compile(r'^\s*"payload": ("(?:[^"\\]|\\.)*"),?$', re.MULTILINE)


def lines(folder: Path) -> list[str]:
    """Every line of every list."""
    lists = folder / "hostile_input"
    scripts = (lists / "xss-payload-list.txt").read_text("utf-8", "replace").splitlines()
    strings = json.loads((lists / "blns.json").read_text("utf-8"))
    sanitiser = (lists / "dompurify_expect.mjs").read_text("utf-8")
    cleaned = [json.loads(found) for found in _PAYLOAD.findall(sanitiser)]
    assert len(cleaned) > 100
    return [line for line in [*scripts, *strings, *cleaned] if line.strip()]


def batches(given: list[str], *, most: int) -> Iterator[str]:
    """All of them, as many together as `most` characters take, each a paragraph of its own."""
    batch, length = [CORE], len(CORE)
    for line in given:
        if batch and length + len(line) + 2 > most:
            yield "\n\n".join(batch)
            batch, length = [], 0
        batch.append(line[: most - 2])
        length += len(batch[-1]) + 2
    yield "\n\n".join(batch)


def endless(given: list[str], *, most: int) -> Iterator[str]:
    """One line or a few after another, each time with all that breaks out of somewhere."""
    return (f"{CORE} {batch}" for batch in cycle(list(batches(given, most=most))))
