"""What the stories of a thread's page have in common."""

import re

from flask import Flask

from moderation.database import db


def write(app: Flask) -> "Writing":
    return Writing(app)


class Writing:
    """`with write(app): …` commits at its end; a client asks afterwards."""

    def __init__(self, app: Flask) -> None:
        self.context = app.app_context()

    def __enter__(self) -> None:
        self.context.push()

    def __exit__(self, kind: object, *_rest: object) -> None:
        if kind is None:
            db.session.commit()
        self.context.pop()


def ids(text: str) -> list[int]:
    """The comments on a page, as they stand in it."""
    return [int(found) for found in re.findall(r'id="comment-(\d+)"', text)]


def links(text: str, words: str) -> list[str]:
    """Where the links with `words` in them lead."""
    found = re.findall(r'<a\b[^>]*href="([^"]*)"[^>]*>([^<]*)', text)
    return [href.replace("&amp;", "&") for href, label in found if words in label]
