"""Names and e-mail addresses: what we take for one, and the one form in which we keep it."""

from email_validator import EmailNotValidError, validate_email

from moderation.errors import Refused
from moderation.forms import one_line

LONGEST_NAME = 60


def checked_name(typed: str) -> str:
    """The name as we show it. Refused if there is nothing to read in it, or too much."""
    name = one_line(typed)
    if not any(character.isalnum() for character in name):
        raise Refused("A name needs at least one letter or number.")
    if len(name) > LONGEST_NAME:
        raise Refused(f"Use {LONGEST_NAME} characters or fewer for the name.")
    return name


def checked_address(typed: str) -> str:
    """A new address, lower case and ASCII. Refused, with a sentence, if it cannot be one."""
    try:
        found = validate_email(
            one_line(typed),
            check_deliverability=False,
            allow_smtputf8=False,
            test_environment=True,  # names under .test are for trying things out
        )
    except EmailNotValidError as error:
        raise Refused("We cannot write to this e-mail address. Check it for slips.") from error
    return (found.ascii_email or found.normalized).lower()


def address_as_kept(typed: str) -> str:
    """What an address is looked up by; for nonsense, something nobody has."""
    try:
        return checked_address(typed)
    except Refused:
        return one_line(typed).lower()
