"""What axe-core finds wrong with a page by WCAG 2.2, levels A and AA."""

from functools import cache
from importlib import resources

from playwright.sync_api import Page

OPTIONS = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]},
    # axe leaves it out unless asked, and it is part of 2.2 AA
    "rules": {"target-size": {"enabled": True}},
    "resultTypes": ["violations"],
}


@cache
def program() -> str:
    """axe-core itself, from the package that carries it."""
    return (resources.files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")


def violations(page: Page) -> list[str]:
    """One line for each element that breaks a rule; empty if all is well.

    Its text comes in by the browser's debugger, so a strict Content-Security-Policy stays in force.
    """
    page.evaluate(f"() => {{ {program()} }}")
    found = page.evaluate("options => axe.run(document, options)", OPTIONS)
    return [
        f"{rule['id']} ({rule['impact']}): {' '.join(map(str, node['target']))}: {rule['help']}"
        for rule in found["violations"]
        for node in rule["nodes"]
    ]
