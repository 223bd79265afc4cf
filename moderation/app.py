"""The factory: puts the rooms of the house together."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from flask import Flask
from jinja2 import StrictUndefined

from moderation import access, assets, config, crowd, health, replicas, signing, unavailable, web
from moderation.appeals import views as appeals
from moderation.articles import admin as article_admin
from moderation.articles import views as articles
from moderation.database import db, prepare
from moderation.demo import views as demo
from moderation.intake import mine
from moderation.intake import page as thread
from moderation.intake import views as intake
from moderation.people import account, guard, throttle
from moderation.people import views as people
from moderation.people.second_step import mine as second_step
from moderation.people.second_step import recovery
from moderation.people.second_step import views as code
from moderation.policy import views as policy
from moderation.reading import shared
from moderation.reading import views as reading
from moderation.reports import views as reports
from moderation.review import views as review
from moderation.screening import service as screening
from moderation.screening.budget import views as budget
from moderation.screening.control import views as control
from moderation.screening.health import views as checks
from moderation.screening.heat import views as heat
from moderation.screening.remote import asking
from moderation.screening.remote import views as remote
from moderation.screening.risk import views as risk
from moderation.screening.rulebook import looking
from moderation.screening.rulebook import views as rulebook
from moderation.screening.words import views as words
from moderation.seeing import views as seeing


def create_app(settings: Mapping[str, Any] | None = None) -> Flask:
    """The application. `settings` win over the instance folder and the environment."""
    given = dict(settings or {})
    instance = given.pop("INSTANCE", None) or config.instance_folder()
    app = Flask(
        "moderation",
        instance_path=str(instance),
        template_folder=str(config.template_folder()),
        static_folder=None,
    )
    config.load(app, given)
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    db.init_app(app)
    with app.app_context():
        prepare(db.engine, slow_ms=app.config["SLOW_QUERY_MS"])
    access.init_app(app)  # first: it sees what all others do
    replicas.init_app(app)
    signing.init_app(app)
    web.init_app(app)
    crowd.init_app(app)  # who comes from elsewhere was sent away, and nothing has been asked
    unavailable.init_app(app)
    assets.init_app(app, Path(__file__).parent / "static")
    guard.init_app(app)
    throttle.init_app(app)
    looking.init_app(app, screening.others_say)
    asking.init_app(app)
    _open_doors(app)
    seeing.init_app(app)
    shared.init_app(app)
    return app


def _open_doors(app: Flask) -> None:
    """Register every room's pages."""
    app.register_blueprint(health.bp)
    app.register_blueprint(articles.bp)
    app.register_blueprint(article_admin.bp)
    app.register_blueprint(policy.bp)
    app.register_blueprint(reading.bp)
    app.register_blueprint(thread.bp)
    app.register_blueprint(intake.bp)
    app.register_blueprint(mine.bp)
    app.register_blueprint(people.bp)
    app.register_blueprint(account.bp)
    app.register_blueprint(code.bp)
    app.register_blueprint(second_step.bp)
    app.register_blueprint(recovery.bp)
    app.register_blueprint(reports.bp)
    app.register_blueprint(review.bp)
    app.register_blueprint(appeals.bp)
    app.register_blueprint(words.bp)
    app.register_blueprint(rulebook.bp)
    app.register_blueprint(control.bp)
    app.register_blueprint(heat.bp)
    app.register_blueprint(budget.bp)
    app.register_blueprint(risk.bp)
    app.register_blueprint(remote.bp)
    app.register_blueprint(checks.bp)
    app.register_blueprint(demo.bp)
