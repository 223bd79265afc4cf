"""What we ship of others: `make audit` writes docs/dependencies.md.

Licences come from the installed packages, advisories from pip-audit, which asks PyPI or else OSV.
What could not be looked up is said, and makes the command fail as an advisory does.
"""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path
from typing import Any

from packaging.markers import Marker

ROOT = Path(__file__).parents[2]
LOCK = ROOT / "run.lock"
DOCUMENT = ROOT / "docs" / "dependencies.md"
AUDIT = ROOT / ".venv" / "scan" / "pip-audit" / "bin" / "pip-audit"
PIN = re.compile(r"^([a-z0-9.-]+)(?:\[[^\]]*\])?==([^ ;\\]+)(?: ; ([^\\]+?))? *\\?$", re.MULTILINE)
# copyleft that would reach our own code; the LGPL of a library that is only imported does not
REFUSED = re.compile(r"(?<![A-Za-z])A?GPL|Affero|(?<!Lesser )General Public", re.IGNORECASE)
HEAD = """\
# What we ship of others

The packages of `run.lock`, as `make audit` found them. A test fails when one of them has no licence
or the GPL or the AGPL, and when this list is not that of the lock file.

"""


@dataclass(frozen=True)
class Pin:
    """A package of the lock file. licence: empty if it says none."""

    name: str
    version: str
    licence: str


def pins() -> list[Pin]:
    """What the lock file has for this machine; what it has for other systems is not installed."""
    return [
        Pin(name, version, licence(name))
        for name, version, marker in PIN.findall(LOCK.read_text("utf-8"))
        if not marker or Marker(marker.strip()).evaluate()
    ]


def licence(name: str) -> str:
    """As the package itself says, in a few words."""
    try:
        told: Any = metadata(name)  # a mail's headers, whatever its type says
    except PackageNotFoundError:
        return ""
    if stated := told.get("License-Expression"):
        return str(stated)
    classified = [
        each.rpartition(" :: ")[2]
        for each in told.get_all("Classifier", [])
        if each.startswith("License :: ") and not each.endswith("OSI Approved")
    ]
    return ", ".join(classified) or str(told.get("License", "")).strip().partition("\n")[0]


def listed() -> str:
    rows = [f"| {pin.name} | {pin.version} | {pin.licence} |\n" for pin in pins()]
    return "| package | version | licence |\n|---|---|---|\n" + "".join(rows)


def advisories() -> tuple[str, list[str], int]:
    """(who was asked, a line for each advisory, how many packages could not be looked up)."""
    found: list[dict[str, Any]] = []
    for service in ("pypi", "osv"):
        words = (AUDIT, "-r", LOCK, "--no-deps", "--disable-pip", "-s", service, "-f", "json")
        done = subprocess.run(words, capture_output=True, text=True, check=False)
        if done.stdout.startswith("{"):
            found = json.loads(done.stdout)["dependencies"]
        if found and not all("skip_reason" in one for one in found):
            return service, list(_lines(found)), sum("skip_reason" in one for one in found)
    return "pypi and osv", [], len(pins())


def _lines(found: list[dict[str, Any]]) -> Iterator[str]:
    for one in found:
        for hole in one.get("vulns", ()):
            fixed = ", ".join(hole["fix_versions"]) or "nothing yet"
            yield f"- {one['name']} {one['version']}: {hole['id']}, mended in {fixed}\n"


def main() -> None:
    asked, holes, unseen = advisories()
    told = "".join(holes) or ("" if unseen else "None is known.\n")
    if unseen:
        told += (
            f"**{unseen} of {len(pins())} packages could not be looked up** ({asked} did not know "
            "them or did not answer), so nothing is said about these here. Run `make audit` where "
            "the internet can be reached.\n"
        )
    when = f"{datetime.now(UTC):%d %B %Y}"
    text = f"{HEAD}{listed()}\n## Advisories, {when}\n\n{told}"
    DOCUMENT.write_text(text, "utf-8")
    if holes or unseen:
        sys.exit(f"{len(holes)} advisories; {unseen} packages could not be looked up.")


if __name__ == "__main__":
    main()
