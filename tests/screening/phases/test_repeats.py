"""Copies by several accounts are spam; by one, or of a short sentence, they are a signal."""

from moderation.screening.phases import repeats
from moderation.screening.phases.contempt import find as contempt
from moderation.screening.subject import Alike, ArticleFacts, Subject
from tests.screening.phases.reading import by_checker, marked

TEXT = "Everybody should know what this minister did with our money last year."


def alike(author: int, minutes: float, **more: object) -> Alike:
    return Alike(author * 10, author, 1, minutes, 1.0, **{"is_exact": True, **more})  # type: ignore[arg-type]


def test_six_accounts_with_one_text() -> None:
    copies = [alike(number, minutes) for number, minutes in enumerate((2, 3, 5, 8, 11.2))]
    (raid,) = repeats.find(Subject(TEXT, alike=copies))
    assert raid.why == ["Six accounts, same text, eleven minutes."]
    assert (raid.checker, raid.clause, raid.score) == ("repeats", "spam", 1.0)


def test_three_accounts_report_and_do_not_hold() -> None:
    near = [alike(1, 2, is_exact=False), alike(2, 130, is_exact=False)]
    (raid,) = repeats.find(Subject(TEXT, alike=near))
    assert raid.why == ["Three accounts, nearly the same text, two hours."]
    report_at, hold_at = repeats.DEFAULT_BARS["repeats"]
    assert report_at is not None
    assert hold_at is not None
    assert report_at <= raid.score < hold_at


def test_two_accounts_or_a_short_sentence_break_no_rule() -> None:
    (two,) = repeats.find(Subject(TEXT, alike=[alike(1, 2)]))
    assert two.clause is None
    many = [alike(number, 2) for number in range(9)]
    (short,) = repeats.find(Subject("Well said, I agree!", alike=many))
    assert short.clause is None
    assert short.why == ["Ten accounts, same text, two minutes."]


def test_ones_own_copies_are_counted_apart() -> None:
    own = [alike(7, 4, is_own=True), alike(7, 9, is_own=True)]
    found = by_checker(repeats.find(Subject(TEXT, alike=[*own, alike(8, 1)])))
    assert found["repeats:own"].why == ["Three times from this account, same text, nine minutes."]
    assert found["repeats:own"].clause is None
    assert found["repeats"].why == ["Two accounts, same text, one minute."]


def under(*terms: str) -> ArticleFacts:
    return ArticleFacts(slug="trial", contempt_terms=terms)


def test_contempt_terms_are_found_as_whole_words_in_any_dress() -> None:
    article = under("Anna Murphy", "the verdict", "guilt*")
    text = "So anna  MURPHY’s mother said he is guilty; Joanna Murphys never did."
    subject = Subject(text, article=article)
    (found,) = contempt(subject)
    assert marked(subject, found) == ["anna  MURPHY", "guilty"]
    assert (found.clause, found.score) == ("contempt", 1.0)
    assert found.why == ["Not to be said under this article: “anna murphy” and “guilty”."]


def test_a_disguised_name_is_still_the_name() -> None:
    for text in ("It was Mur\u200bphy!", "It was Мurphy", "Ask M.u.r.p.h.y about it"):
        subject = Subject(text, article=under("Murphy"))
        assert list(contempt(subject)), text


def test_articles_without_terms_allow_everything() -> None:
    assert not list(contempt(Subject("Anna Murphy")))
    assert not list(contempt(Subject("Anna Murphy", article=under())))
    assert not list(contempt(Subject("Anna Murphy", article=under("", "  ", "*"))))
    assert not list(contempt(Subject("Murphyʼs law.", article=under("Mur"))))


def test_terms_are_words_and_no_patterns() -> None:
    subject = Subject("He said (a+)+$ twice, (a+)+$.", article=under("(a+)+$"))
    (found,) = contempt(subject)
    assert len(found.spans) == 2
