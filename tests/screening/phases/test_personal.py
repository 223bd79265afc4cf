"""Personal data: what leads to one person is found, and what only looks like it is not."""

import pytest

from moderation.screening.phases import personal
from moderation.screening.subject import Subject
from tests.screening.phases.reading import by_checker, marked

TELLING = [
    ("email", "Mail me: [mary.byrne+x@example.ie]."),
    ("email", "Write to [joe (at) example (dot) com]"),
    ("phone", "My number is [087 123 4567], ring me"),
    ("phone", "[+353 87 123 4567]"),
    ("phone", "She is at [01 496 0123], tell her"),
    ("phone", "[(202) 555-0143] any time"),
    ("phone", "Meine Handynummer: [0151 23456789]"),
    ("phone", "Call her: [０８７ １２３ ４５６７]"),
    ("phone", "Call [0\u200b87 123 4567]"),
    ("phone", "Desk: [986.291.2294x751]"),
    ("iban", "Pay to [IE29 AIBK 9311 5212 3456 78] please"),
    ("iban", "[de89 3704 0044 0532 0130 00] danke"),
    ("card", "[4111 1111 1111 1111] until 09/27"),
    ("card", "It is [378282246310005]"),
    ("id", "Her PPS is [1234567FA]"),
    ("id", "SSN [536-90-4399]"),
    ("id", "NI number: [AB 12 34 56 C]"),
    ("id", "NIR [255081416802538]"),
    ("id", "[RSSMRA85T10A562S]"),
    ("document", "Passport number [PA1234567]"),
    ("document", "My driver's license number is [481195160]"),
    ("ip", "He posts from [185.76.9.12]!"),
    ("birth", "She was born on [3 May 1981] in Cork"),
    ("birth", "DOB: [12/03/1975]"),
    ("birth", "geboren am [3. Mai 1981]"),
    ("address", "She lives at [14 Rosemount Avenue, Artane]"),
    ("address", "they live at [14 rosemount avenue]"),
    ("address", "[24 Acacia Road, Leeds LS1 4AP]"),
    ("address", "[742 Evergreen Terrace, Springfield, OR 97403]"),
    ("address", "My eircode: [D18 X5R2]"),
    ("address", "[Lindenstraße 12, 10969] Berlin"),
    ("address", "[12 rue de la Paix, 75002] Paris"),
    ("address", "[Storgatan 5, Malmö]"),
    ("address", "wohnt in der [Hauptstr. 5]"),
    ("address", "His address: [Calle Mayor, 5, Madrid]"),
    ("address", "[Via Roma 12, 00184] Roma"),
    ("address", "[Pivovarská 276, Budejovice 370 01]"),
]
HARMLESS = [
    "The Dáil voted 77 to 68, and 12 abstained.",
    "In 2016, 17,410,742 people voted to leave and 16,141,241 to stay.",
    "Prices rose from 250 000 to 425 000 in 2015-2022, and from €1.000.000 to €12 500 000.",
    "It finished 3-2, then 4-1, 5-0 and 2-2 in 2019/2020.",
    "They met at 10 Downing Street and then at 1600 Pennsylvania Avenue.",
    "Since 2010 Wall Street and Main Street disagree; it fell 1,234.56 points in 2008.",
    "Read https://www.example.com/news/2016/11/08/article33678115.html?id=4111111111111111",
    "Article 50 of the Treaty, section 8 of the Act, Chapter 11, page 123, line 4567.",
    "Pi is 3.14159265358979.",
    "The war began on 01/09/1939 and ended 08.05.1945; the party (1922-1943) was banned.",
    "ISBN 978-0-14-118776-1, ISBN 0231130104, PMID 12657413.",
    "Ring 112 or 999, the Samaritans on 116 123, or the helpline: 1800 666 666.",
    "Windows 10.0.19041.1, version 1.2.3.4 and 127.0.0.1 or 192.168.0.1",
    "In Room 5 of the Four Courts 5 Supreme Court judges sat.",
    "9/11, 24/7, 50/50 and 7/7. The M50, N11 and A1(M), junction 14.",
    "50 Cent, 12 Angry Men, 101 Dalmatians, Apollo 13 and the 39 Steps.",
    "He lives in 3 houses and 2 countries. He lived 90 years.",
    "We must address 3 issues: 1. tax 2. rent 3. health",
    "Call it 20 000 000 or 30 000 000, who counts.",
    "Lincoln was born on February 12, 1809, and the other one in 1981.",
    "Write to letters@example.com, press@parliament.example.eu or info@department.gov.ie",
    "Boeing 737-800 and A320-200, flight EI 105 at 10:45, gate 408.",
    "Dublin 4 and Dublin 15 vote differently, as do D04 and BT7. No. 10 said no.",
    "HB 1234 and SB 56789 passed 34-15. UN Resolution 2334, S/2016/1108.",
    "Psalm 119:105, Matthew 5:3-12; Trump, 74, and Biden, 306 to 232.",
    "1111111111111111 and 0000 0000 0000 0000",
]


@pytest.mark.parametrize(("kind", "text"), TELLING)
def test_what_gives_somebody_away(kind: str, text: str) -> None:
    before, _, rest = text.partition("[")
    wanted, _, after = rest.partition("]")
    subject = Subject(before + wanted + after)
    found = by_checker(personal.find(subject))[f"personal:{kind}"]
    assert marked(subject, found) == [wanted]
    assert found.clause == "personal-data"
    report_at, _hold_at = personal.DEFAULT_BARS[found.checker]
    assert report_at is not None
    assert report_at <= found.score <= 1


@pytest.mark.parametrize("text", HARMLESS)
def test_what_newspaper_readers_write_about(text: str) -> None:
    reported = [finding for finding in personal.find(Subject(text)) if finding.score >= 0.5]
    assert not reported


def test_a_home_is_held_and_a_restaurant_is_not() -> None:
    home = by_checker(personal.find(Subject("He lives at 14 Rosemount Avenue, go and see him")))
    table = by_checker(personal.find(Subject("I had a fine dinner, 14 Rosemount Avenue.")))
    bar = personal.DEFAULT_BARS["personal:address"][1]
    assert bar is not None
    assert table["personal:address"].score < bar <= home["personal:address"].score


def test_one_finding_for_each_kind_says_how_many() -> None:
    subject = Subject("a@example.com, b@example.com, c@example.com; call 087 123 4567")
    found = by_checker(personal.find(subject))
    assert set(found) == {"personal:email", "personal:phone"}
    mails = found["personal:email"]
    assert mails.why == ["Gives away an e-mail address, and two more."]
    assert marked(subject, mails) == ["a@example.com", "b@example.com", "c@example.com"]


def test_whose_numbers_are_written_short_depends_on_the_site() -> None:
    text = "06 12 34 56 78"
    assert not personal.found(text, "en")
    assert [kind for kind, _, _ in personal.found(text, "fr")] == ["phone"]


def test_wrong_check_digits_are_no_accounts() -> None:
    wrong = "IE29 AIBK 9311 5212 3456 79, 4111 1111 1111 1112, 1234567AB"
    assert not personal.found(wrong)
