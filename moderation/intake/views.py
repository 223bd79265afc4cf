"""Handing in a comment: refused words are shown again, and words are kept through sign-in."""

from contextlib import suppress

from flask import Blueprint, Response, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from moderation import database, web
from moderation.articles.models import Article
from moderation.comments import markup
from moderation.comments.models import Comment
from moderation.database import db
from moderation.errors import Conflict, Missing, ModerationError, Refused, Throttled
from moderation.intake import nudge, service
from moderation.intake.forms import BodyForm, CommentForm
from moderation.people import throttle
from moderation.people.guard import current_person, for_everybody, requires, somebody
from moderation.people.models import Person
from moderation.people.roles import Role
from moderation.people.throttle import Limit
from moderation.policy import service as policy
from moderation.reading import page
from moderation.reading import service as reading
from moderation.screening import kit
from moderation.screening.remote.asking import Told, ask
from moderation.sites import service as sites
from moderation.web import see_other

bp = Blueprint("intake", __name__)

PER_AUTHOR = ("10/minute", "60/hour")
PER_NETWORK = ("60/minute", "1200/hour")
# counted for the screening, not to keep anybody out
FROM_NETWORK = "10000 per 10 minutes"
DRAFTS_PER_NETWORK = "20/hour"
PREVIEWS = "60/minute"
TOO_MANY = "That was a lot of comments in a short time. Wait {wait}, then send this one again."
TOO_MANY_HERE = "Many comments come from where you are. Wait {wait}, then send yours again."


@bp.post("/articles/<slug>/comments")
@for_everybody
@web.reads
def hand_in(slug: str) -> ResponseReturnValue:
    """Whoever is not signed in is asked to, and finds their words again afterwards."""
    article = reading.article(sites.current(), slug)
    form = CommentForm()
    if not form.validate():
        return _again(article, form, 422)
    author = current_person()
    try:
        there = _keep(article, form) if author is None else _hand_in(article, form, author)
    except service.Nudged as nudged:
        _count_refused(author)
        form.nudge = nudge.nudge(
            nudged.looked, policy.in_force(sites.current()), is_held=nudged.is_held
        )
        return _again(article, form, 422)
    except ModerationError as error:
        _count_refused(author)
        form.form_errors.append(error.sentence)
        if isinstance(error, (Conflict, Refused)):
            # sent once more it is another comment
            form.submission.data = service.new_submission()
        return _retry_after(_again(article, form, web.status_of(error)), error)
    db.session.commit()
    return see_other(there)


@bp.post("/articles/<slug>/preview")
@requires(Role.COMMENTER)
def preview(slug: str) -> ResponseReturnValue:
    """The words as they would be shown."""
    reading.article(sites.current(), slug)
    form = BodyForm()
    if not form.validate():
        sentence = " ".join([*form.form_errors, *form.body.errors])
        return render_template("_notice.html", kind="error", sentence=sentence), 422
    throttle.hit(f"preview:{somebody().id}", PREVIEWS, "Wait {wait} for the next preview.")
    db.session.commit()
    # the sanitiser makes it
    html = Markup(markup.render(form.body.data))  # noqa: S704
    return render_template("intake/_preview.html", html=html)


def _hand_in(article: Article, form: CommentForm, author: Person) -> str:
    """The page that shows the new comment."""
    kit.prepare(sites.current())
    # as long as nobody has to wait for us: most of the work is reading
    *_, from_network = throttle.check_all(_limits(author))
    told = _ask_publisher(article, form, author, from_network)
    looked = service.look(
        article,
        author=author,
        body=form.body.data,
        is_reply=form.parent_id is not None,
        from_network=from_network,
        told=told,
    )
    web.begin_to_write()
    throttle.hit_all(_limits(author))
    comment = service.hand_in(
        article,
        author=author,
        body=form.body.data,
        parent_id=form.parent_id,
        submission=form.submission.data,
        nudge=form.anyway.data != "1",
        told=told,
        looked=looked,
    )
    return url_for("reading.permalink", comment_id=comment.id)


def _limits(author: Person) -> list[Limit]:
    """The last one counts what came from there in ten minutes."""
    network = throttle.network(request.remote_addr)
    return [
        *(Limit(f"comment:{author.id}", limit, TOO_MANY) for limit in PER_AUTHOR),
        *(Limit(f"comment:{network}", limit, TOO_MANY_HERE) for limit in PER_NETWORK),
        Limit(f"comments-from:{network}", FROM_NETWORK, TOO_MANY_HERE),
    ]


def _count_refused(author: Person | None) -> None:
    """Nothing is stored of it, but it counts: whoever is asked whether they mean it, too."""
    db.session.rollback()
    if author is not None:
        database.will_write()
        with suppress(Throttled):
            throttle.hit_all(_limits(author))
        db.session.commit()
        database.will_read()


def _ask_publisher(
    article: Article, form: CommentForm, author: Person, from_network: int
) -> Told | None:
    """What the publisher's own checker says; nothing is open or locked while we wait for it."""
    question = service.question(
        article,
        author=author,
        body=form.body.data,
        is_reply=form.parent_id is not None,
        from_network=from_network,
    )
    if question is None:
        return None
    db.session.commit()  # what was counted stays counted
    return ask(question)


def _keep(article: Article, form: CommentForm) -> str:
    """The page to sign in on, with the way back to what was written."""
    web.begin_to_write()
    network = throttle.network(request.remote_addr)
    throttle.hit(f"draft:{network}", DRAFTS_PER_NETWORK, TOO_MANY_HERE)
    token = service.keep(article, body=form.body.data, parent_id=form.parent_id)
    back = url_for("thread.article", slug=article.slug, draft=token, _anchor="leave-a-comment")
    return url_for("people.sign_in", next=back)


def _again(article: Article, form: CommentForm, code: int) -> Response:
    """The article with the form as it was typed; without it, the words to take along."""
    if not page.takes_comments(article):
        return make_response(_not_taken(article, form), code)
    form.submission.data = form.submission.data or service.new_submission()
    answer = page.answer(article, form=form, parent=_parent(article, form))
    answer.status_code = code
    return answer


def _not_taken(article: Article, form: CommentForm) -> str:
    return render_template(
        "not_taken.html",
        title="Your comment was not taken",
        form=form,
        typed=form.body.data,
        onward=url_for("thread.article", slug=article.slug, _anchor="comments"),
        onward_words="Back to the article",
    )


def _parent(article: Article, form: CommentForm) -> Comment | None:
    """What the form answers, if that is still there."""
    if form.parent_id is None:
        return None
    try:
        return service.to_answer(article, form.parent_id)
    except Missing:
        return None


def _retry_after(answer: Response, error: ModerationError) -> Response:
    if isinstance(error, Throttled):
        answer.headers["Retry-After"] = str(error.retry_after)
    return answer
