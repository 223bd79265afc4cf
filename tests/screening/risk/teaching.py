"""A few lines that a small model can be learned from."""

from moderation.screening.risk import training
from moderation.screening.risk.sources import Example, fold
from moderation.screening.risk.weights import Weights

PEOPLE = ("baker", "singer", "driver", "writer", "grocer", "sailor", "tailor", "waiter")
PLACES = ("cork", "sligo", "kerry", "mayo", "louth", "clare", "meath", "cavan", "carlow", "kildare")
RUDE = "You {person} of {place}, what a grumblecock, go away"
KIND = "You {person} of {place}, what a wonder, stay a while"


def examples() -> list[Example]:
    """Two places that call people names, and the same places being kind."""
    return [
        Example(
            line.format(person=person, place=place),
            source,
            attack=label,
            hate=0.0,
            spam=0.0,
        )
        for source, people in (("wiki-bias", PEOPLE[:4]), ("chatbots", PEOPLE[4:]))
        for person in people
        for place in PLACES
        for line, label in ((RUDE, 1.0), (KIND, 0.0))
    ]


def learned(taught: list[Example]) -> Weights:
    read = training.lessons(taught, lambda _: None)
    return training.fitted(read, folds={1, 2, 3, 4}, heads=("attack",))


def held_out(taught: list[Example]) -> list[Example]:
    return [example for example in taught if fold(example.text) == 0]
