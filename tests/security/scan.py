"""Two scanners against the running demo: `make scan` writes docs/security-scan.md.

Wapiti looks at every page it finds, sqlmap at what is asked of the database. What they report is
explained in `findings`; a finding that is not makes the command fail.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from html import unescape
from http.cookiejar import CookieJar
from importlib.metadata import version
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, Request, build_opener, urlopen

from tests.conftest import make_app
from tests.parts.valkey import free_port
from tests.security import findings
from tests.security.findings import Finding, Look

ROOT = Path(__file__).parents[2]
TOOLS = ROOT / ".venv" / "scan"
DOCUMENT = ROOT / "docs" / "security-scan.md"
WHO = ("nobody", "moderator", "lead")
PATIENCE = 60  # seconds until the demo answers
WAPITI_SECONDS, SQLMAP_SECONDS = 120, 60
MODULES = (
    "backup,cookieflags,crlf,csp,csrf,exec,file,htaccess,http_headers,ldap,methods,permanentxss,"
    "redirect,shellshock,sql,timesql,upload,xss,xxe"
)
# what would end the scanner's own session
NOT_THERE = ("/sign-out", "/me/sessions/*", "/me/password", "/me/second-step/*")


@dataclass
class Demo:
    """The demo as it runs. cookies: who → their session."""

    url: str
    folder: Path
    cookies: dict[str, str] = field(default_factory=dict)

    def sign_in(self, who: str, email: str, password: str) -> None:
        jar = CookieJar()
        typed = urlencode({"email": email, "password": password}).encode()
        build_opener(HTTPCookieProcessor(jar)).open(f"{self.url}/sign-in", typed)
        self.cookies[who] = next(cookie.value or "" for cookie in jar if cookie.name == "session")

    def page(self, path: str, who: str = "nobody") -> str:
        """As `who` sees it; empty for what is refused."""
        headers = {"Cookie": f"session={self.cookies[who]}"} if who in self.cookies else {}
        try:
            asked = Request(self.url + path, headers=headers)  # noqa: S310 our own server
            with urlopen(asked) as answer:  # noqa: S310 our own server
                return str(answer.read().decode("utf-8", "replace"))
        except HTTPError:
            return ""

    def pages(self, who: str) -> list[str]:
        """Two of each kind that `who` can click to: links lead on and on to more of the same."""
        kinds = make_app(self.folder / "kinds").url_map.bind("127.0.0.1")
        seen: Counter[str] = Counter()
        found, waiting = [], ["/", "/review", "/me", "/rules", "/policy"]
        while waiting:
            path = waiting.pop(0)
            kind = kinds.test(path.partition("?")[0]) and kinds.match(path.partition("?")[0])[0]
            if (
                not kind
                or kind == "static"
                or path in found
                or path.startswith("/me/second")
                or seen[kind] > 1
            ):
                continue
            if not (text := self.page(path, who)):
                continue
            seen[kind] += 1
            found.append(path)
            waiting += map(unescape, re.findall(r'href="(/[^"#]*)', text))
        return found


@contextmanager
def demo(folder: Path) -> Iterator[Demo]:
    port = free_port()
    words = [sys.executable, "-m", "tests.security.scanned", str(port)]
    said = folder / "said"
    with said.open("wb") as output:
        process = subprocess.Popen(
            words, cwd=ROOT, env=environment(folder), stdout=output, stderr=output
        )
    try:
        end = time.monotonic() + PATIENCE
        while "Serving on" not in said.read_text("utf-8"):
            assert time.monotonic() < end, said.read_text("utf-8")
            assert process.poll() is None, said.read_text("utf-8")
            time.sleep(0.2)
        running = Demo(f"http://127.0.0.1:{port}", folder)
        for who, email, password in re.findall(
            r"^  (\w+) +(\S+@\S+) +(\S+)$", said.read_text("utf-8"), re.MULTILINE
        ):
            if who in WHO and who not in running.cookies:
                running.sign_in(who, email, password)
        yield running
    finally:
        process.terminate()
        process.wait()


def environment(folder: Path) -> dict[str, str]:
    return {**os.environ, "MODERATION_INSTANCE": str(folder / "instance")}


def wapiti(running: Demo, who: str, folder: Path) -> Look:
    """Every page that `who` can reach."""
    report = folder / f"wapiti-{who}.json"
    words = [
        str(TOOLS / "wapiti3/bin/wapiti"), "-u", f"{running.url}/", "--scope", "domain",
        "-m", MODULES, "--max-scan-time", str(WAPITI_SECONDS), "--max-attack-time", "7",
        "--max-links-per-page", "4", "-d", "1",
        "--store-session", str(folder / who), "--flush-session", "--no-bugreport",
        "-v", "0", "-f", "json", "-o", str(report),
    ]  # fmt: skip
    pages = running.pages(who)
    for path in pages:
        words += ["-s", running.url + path]
    for path in NOT_THERE:
        words += ["-x", f"{running.url}{path}"]
    if who in running.cookies:
        words += ["-H", f"Cookie: session={running.cookies[who]}"]
    if who == "nobody":
        words += ["-x", f"{running.url}/sign-in/code"]
    run(words, seconds=WAPITI_SECONDS * 3)
    told = json.loads(report.read_text("utf-8"))
    found = [
        Finding("wapiti", who, kind, f"{one['method']} {one['path']}", one["info"])
        for part in ("vulnerabilities", "anomalies")
        for kind, several in told[part].items()
        for one in several
    ]
    extent = f"{told['infos']['crawled_pages_nbr']} pages, {len(pages)} of them given to it"
    if who in running.cookies and not running.page("/review", who):
        extent += ", SIGNED OUT ON THE WAY"
    return Look("wapiti", who, shown(words, running), extent, found)


def targets(running: Demo) -> list[tuple[str, str, str, str]]:
    """(who, address, what is posted, the page with the token)."""
    slug = re.findall(r'href="/articles/([\w-]+)"', running.page("/"))[0]
    thread = f"/articles/{slug}"
    comment = re.findall(r'id="comment-(\d+)"', running.page(thread))[0]
    notice = "law=defamation&explanation=x&name=x&email=x%40example.org&good_faith=y"
    return [
        ("nobody", f"{thread}?sort=best&comment={comment}&after={comment}&branch=1", "", ""),
        ("nobody", f"/counts?url={running.url}{thread}", "", ""),
        ("nobody", "/sign-in", "email=a%40example.org&password=x&next=", ""),
        ("nobody", "/forgotten-password", "email=a%40example.org", ""),
        ("nobody", f"/comments/{comment}/report-illegal", notice, ""),
        ("moderator", "/review/log?q=x&who=x&action=hide&clause=abuse&before=1", "", ""),
        ("moderator", "/me/comments?after=1", "", ""),
        ("moderator", f"{thread}/comments", "csrf_token=x&body=x&parent=1&submission=x", thread),
        ("lead", "/rules/words?begins=a&after=b", "", ""),
        ("lead", "/rules/words/try", "csrf_token=x&text=x", "/rules/words"),
    ]


def sqlmap(running: Demo, folder: Path) -> Iterator[Look]:
    for who, address, posted, token_page in targets(running):
        words = [
            str(TOOLS / "sqlmap/bin/sqlmap"), "-u", running.url + address, "--batch",
            "--level", "1", "--risk", "1", "--threads", "4", "--disable-coloring",
            "--time-limit", str(SQLMAP_SECONDS), "--output-dir", str(folder / "sqlmap"),
            "--ignore-code", "403,404,422", "--flush-session",
        ]  # fmt: skip
        if posted:
            words += ["--data", posted]
        if who in running.cookies:
            words += ["--cookie", f"session={running.cookies[who]}", "--drop-set-cookie"]
        if token_page:
            words += ["--csrf-token", "csrf_token", "--csrf-url", running.url + token_page]
        said = run(words, seconds=SQLMAP_SECONDS * 3)
        found = [
            Finding("sqlmap", who, "SQL injection", address, line.strip())
            for line in said.splitlines()
            if re.search(r"is vulnerable|appears to be '.*injectable|Type: .*(blind|based)", line)
        ]
        yield Look("sqlmap", who, shown(words, running), extent(said, address), found)


def extent(said: str, address: str) -> str:
    """How far sqlmap came, in its own words."""
    where = re.sub(r"\d{19}", "ID", address.partition("?")[0])
    if "all tested parameters do not appear to be injectable" in said:
        return f"`{where}`, every parameter"
    done = len(re.findall(r"parameter '.*' does not seem to be injectable", said))
    return f"`{where}`, {done} parameters in {SQLMAP_SECONDS} seconds"


def run(words: Sequence[str], *, seconds: int) -> str:
    """What it said; a scanner that hangs is ended, and said nothing more."""
    try:
        done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=seconds)
    except subprocess.TimeoutExpired as late:
        return (late.stdout or b"").decode() if isinstance(late.stdout, bytes) else ""
    return done.stdout + done.stderr


def shown(words: Sequence[str], running: Demo) -> str:
    """The command as anybody would give it: without this run's places and sessions."""
    line = " ".join(words).replace(running.url, "http://127.0.0.1:PORT")
    line = re.sub(r"/\S*/(wapiti|sqlmap)(?= )", r"\1", line)
    line = re.sub(r"( -s \S+)+", " -s EACH PAGE", line)
    line = re.sub(r" (-o|--store-session|--output-dir) \S+", "", line)
    line = re.sub(r"(Cookie: )?session=\S+", "'\\1session=…'", line)
    return re.sub(r"\b\d{19}\b", "ID", line)


def main() -> None:
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as place, demo(Path(place)) as running:
        looks = [wapiti(running, who, Path(place)) for who in WHO]
        looks += sqlmap(running, Path(place))
        said = (Path(place) / "said").read_text("utf-8")
    broken = said.count('"request failed"')
    text = findings.written(
        looks, versions(), broken=broken, minutes=(time.monotonic() - began) / 60
    )
    DOCUMENT.write_text(text, "utf-8")
    unexplained = [one for look in looks for one in look.found if not findings.meaning(one)]
    if unexplained or broken:
        sys.exit(f"{len(unexplained)} findings are not explained, {broken} requests failed.")


def versions() -> str:
    tools = [run([str(TOOLS / "wapiti3/bin/wapiti"), "--version"], seconds=60).split()[-1]]
    tools += [run([str(TOOLS / "sqlmap/bin/sqlmap"), "--version"], seconds=60).split()[-1]]
    today = f"{datetime.now(UTC):%d %B %Y}"
    return f"{today}; moderation {version('moderation')}, wapiti3 {tools[0]}, sqlmap {tools[1]}"


if __name__ == "__main__":
    main()
