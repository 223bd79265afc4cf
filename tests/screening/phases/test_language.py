"""Another language than the site's, from a sentence on; and never on a doubt."""

import json
from pathlib import Path

import pytest

from moderation.screening.phases import language
from moderation.screening.phases.tongues import NAMES
from moderation.screening.subject import Subject

SENTENCES = {
    "cs": "To není pravda, protože vláda o tom ví už dlouho a nic neudělala.",
    "da": "Det er ikke rigtigt, for regeringen har vidst det længe og gjort ingenting.",
    "de": "Das ist nicht wahr, denn die Regierung weiß es schon lange und tut nichts.",
    "es": "Eso no es verdad, porque el gobierno lo sabe desde hace mucho y no hace nada.",
    "fi": "Se ei ole totta, koska hallitus on tiennyt siitä jo pitkään.",
    "fr": "Ce n'est pas vrai, parce que le gouvernement le sait et ne fait rien.",
    "ga": "Níl sé sin fíor, mar tá a fhios ag an rialtas faoi agus níl siad sásta.",
    "hr": "To nije istina, jer vlada to zna već dugo i ništa nije učinila.",
    "hu": "Ez nem igaz, mert a kormány már régóta tudja, és nem tett semmit.",
    "it": "Questo non è vero, perché il governo lo sa da molto e non fa nulla.",
    "lt": "Tai nėra tiesa, nes vyriausybė apie tai žino jau seniai.",
    "nl": "Dat is niet waar, want de regering weet het al lang en doet er niets aan.",
    "pl": "To nie jest prawda, bo rząd wie o tym od dawna i nic nie robi.",
    "pt": "Isso não é verdade, porque o governo sabe disso há muito e não faz nada.",
    "ro": "Nu este adevărat, pentru că guvernul știe de mult și nu face nimic.",
    "sv": "Det är inte sant, för regeringen har vetat det länge och gör ingenting.",
    "tr": "Bu doğru değil, çünkü hükümet bunu çok uzun süredir biliyor ve hiçbir şey yapmıyor.",
}


@pytest.mark.parametrize("code", SENTENCES)
def test_a_sentence_in_another_language(code: str) -> None:
    (found,) = language.find(Subject(SENTENCES[code]))
    assert found.why == [f"Looks like {NAMES[code]}, not English."]
    assert found.clause is None
    assert not list(language.find(Subject(SENTENCES[code], language=code)))


@pytest.mark.parametrize(
    ("text", "alphabet"),
    [
        ("Это неправда, и вы это знаете", "Cyrillic"),
        ("Αυτό δεν είναι αλήθεια", "Greek"),
        ("هذا ليس صحيحا على الإطلاق", "Arabic"),
        ("זה לא נכון בכלל", "Hebrew"),
        ("这不是真的，政府早就知道了这件事情", "Chinese or Japanese"),
    ],
)
def test_another_alphabet(text: str, alphabet: str) -> None:
    (found,) = language.find(Subject(text))
    assert found.why == [f"Written in {alphabet} letters."]


def test_latin_letters_on_a_greek_site() -> None:
    (found,) = language.find(Subject("This is not true, and you know it.", language="el"))
    assert found.why == ["Written in Latin letters."]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Oui!",
        "Schadenfreude",
        "C'est la vie, as the French say, and that is all there is to it.",
        "Fianna Fáil, Sinn Féin and Fine Gael went to the Áras with the Taoiseach.",
        "Müller, Núñez, Håland, Škriniar, Łukasz",
        "lol lol lol lol lol lol lol",
        "www.example.com/de/der/die/das 12345",
    ],
)
def test_nothing_is_said_on_a_doubt(text: str) -> None:
    assert not list(language.find(Subject(text)))


def test_a_site_in_a_language_we_do_not_know_is_left_alone() -> None:
    assert not list(language.find(Subject(SENTENCES["de"], language="is")))


def test_english_readers_are_taken_for_english(data_folder: Path) -> None:
    file = data_folder / "text" / "civil_toxic_spans.dev.jsonl"
    texts = [json.loads(line)["text"] for line in file.read_text("utf-8").splitlines()]
    strange = [text for text in texts if list(language.find(Subject(text)))]
    assert len(strange) <= len(texts) * 0.005, strange
