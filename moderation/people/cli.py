"""`moderation person`: accounts, from the terminal."""

import sys

import click

from moderation.database import db
from moderation.errors import Missing, Refused
from moderation.people import queries, service
from moderation.people.models import Person
from moderation.people.roles import Role
from moderation.people.second_step import service as second_step
from moderation.people.second_step import tries
from moderation.sites import service as sites

# everybody with an account may comment: nobody is given less
ROLES = click.Choice([role.value for role in Role if role is not Role.READER])


@click.group("person")
def person_group() -> None:
    """People and their roles."""


@person_group.command()
@click.argument("email")
@click.option("--name", required=True, help="As shown to readers.")
@click.option("--role", type=ROLES, required=True)
@click.option(
    "--site", "slugs", multiple=True, help="The role counts on this site only; repeat it."
)
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
def add(*, email: str, name: str, role: str, slugs: tuple[str, ...], password_stdin: bool) -> None:
    """Add somebody whose address needs no confirmation."""
    only_on = [sites.by_slug(slug) for slug in slugs]
    db.session.rollback()  # nobody waits while a password is typed
    password = _read_password() if password_stdin else _ask_password()
    person = service.add(email, name=name, role=Role(role), password=password, only_on=only_on)
    db.session.commit()
    click.echo(f"{person.email} is added as {person.role.value}.")


@person_group.command("role")
@click.argument("email")
@click.argument("role", type=ROLES)
def change_role(email: str, role: str) -> None:
    """Give somebody another role, from their next click on."""
    person = _person(email)
    service.change_role(person, Role(role))
    db.session.commit()
    click.echo(f"{person.email} is {person.role.value} now.")


@person_group.command("list")
def list_people() -> None:
    """Everybody with an account."""
    for person in db.session.scalars(queries.everybody()):
        state = "" if person.confirmed_at else "\tnot confirmed"
        state += "\ttwo steps" if person.second_step_at else ""
        click.echo(f"{person.role.value}\t{person.email}\t{_for_terminal(person.name)}{state}")


@person_group.command()
@click.argument("email")
def revoke(email: str) -> None:
    """Sign somebody out everywhere, at once."""
    count = service.end_sessions(_person(email))
    db.session.commit()
    click.echo(f"Signed out of {_devices(count)}.")


@person_group.command("reset-second-step")
@click.argument("email")
@click.option("--site", "slug", help="Whose name the letter carries; by default the only one.")
def reset_second_step(email: str, slug: str | None) -> None:
    """Take the second step away from somebody who lost phone and recovery codes.

    Make sure that it is they who ask: afterwards their password alone lets them in.
    """
    person = _person(email)
    count = second_step.reset(person, site=sites.by_slug(slug))
    tries.forget(person)
    db.session.commit()
    click.echo(
        f"{person.email} signs in with the password alone now. "
        f"Signed out of {_devices(count)}; a letter tells them."
    )


def _devices(count: int) -> str:
    return f"{count} {'device' if count == 1 else 'devices'}"


def _for_terminal(text: str) -> str:
    """A name may hold what a terminal would obey."""
    return "".join(character if character.isprintable() else "�" for character in text)


def _person(email: str) -> Person:
    found = db.session.scalar(queries.with_address(email))
    if found is None:
        raise Missing(f"Nobody has the address {email}. `moderation person list` shows everybody.")
    return found


def _read_password() -> str:
    try:
        return sys.stdin.readline().rstrip("\r\n")
    except UnicodeDecodeError as error:
        raise Refused("The password is not text in UTF-8.") from error


def _ask_password() -> str:
    typed: str = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    return typed
