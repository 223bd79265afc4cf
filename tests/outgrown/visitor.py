"""Somebody with a browser's cookies, who may ask one host first and then another."""

from dataclasses import dataclass
from http.client import HTTPConnection
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import urlencode

PATIENCE = 60  # seconds, on a busy machine


@dataclass(frozen=True)
class Answer:
    """What a test client's answer has, as far as `tests.pages` looks."""

    status_code: int
    body: bytes
    headers: dict[str, str]

    @property
    def text(self) -> str:
        return self.body.decode()


class Visitor:
    """Takes the place of Flask's test client; `at` says which host (a port) is asked next."""

    def __init__(self, at: int) -> None:
        self.at = at
        self.cookies: dict[str, str] = {}

    def get(self, path: str, **headers: str) -> Answer:
        return self._ask("GET", path, None, headers)

    def post(self, path: str, data: dict[str, str], **headers: str) -> Answer:
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        return self._ask("POST", path, urlencode(data), {**kind, **headers})

    def _ask(self, method: str, path: str, body: str | None, headers: dict[str, str]) -> Answer:
        brought = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        sent = {**headers, **({"Cookie": brought} if brought else {})}
        connection = HTTPConnection("127.0.0.1", self.at, timeout=PATIENCE)
        try:
            # every host stands for the same site, as behind one proxy
            connection.request(method, path, body, {"Host": "localhost", **sent})
            answer = connection.getresponse()
            self._keep(answer.headers.get_all("Set-Cookie") or [])
            return Answer(answer.status, answer.read(), dict(answer.headers.items()))
        finally:
            connection.close()

    def _keep(self, given: list[str]) -> None:
        for line in given:
            for name, morsel in SimpleCookie(line).items():
                self.cookies[name] = morsel.value


def reader(at: int) -> Any:
    """A visitor, for functions that take Flask's test client."""
    return Visitor(at)
