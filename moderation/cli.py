"""The `moderation` command: the rooms' commands under one roof."""

from typing import Any

import click
import structlog
from sqlalchemy.exc import OperationalError

from moderation import logs
from moderation.app import create_app
from moderation.articles import cli as articles
from moderation.cases import cli as cases
from moderation.database import db
from moderation.demo import service as demo_content
from moderation.errors import ModerationError
from moderation.events import cli as events
from moderation.installation import cli as database
from moderation.installation import service as installation
from moderation.keeping import cli as keeping
from moderation.outbox import cli as outbox
from moderation.people import cli as people
from moderation.policy import cli as policy
from moderation.screening import cli as screening
from moderation.screening.risk import cli as risk
from moderation.screening.rulebook import cli as rulebook
from moderation.screening.words import cli as words
from moderation.serve import address, run, serve
from moderation.sites import cli as sites
from moderation.sites.service import by_slug
from moderation.worker import worker

# these answer from the package alone, and leave no trace
WITHOUT_DATABASE = {"screen"}

log = structlog.get_logger()


class Commands(click.Group):
    """Shows our own errors as a sentence, without a traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except ModerationError as error:
            raise click.ClickException(error.sentence) from error
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except Exception as error:
            # the words of a library's exception may quote a password, or somebody's address
            log.error("command failed", exc_info=error)  # noqa: TRY400
            raise click.ClickException(_unforeseen(error)) from error


def _unforeseen(error: Exception) -> str:
    if isinstance(error, OperationalError):
        return "The database does not answer. See that it runs, and that DATABASE_URL leads there."
    return f"Something broke ({type(error).__name__}); the lines above say where."


@click.group(cls=Commands)
@click.version_option(package_name="moderation")
@click.pass_context
def main(context: click.Context) -> None:
    """Comment moderation for news publishers."""
    logs.configure()
    if context.invoked_subcommand in WITHOUT_DATABASE:
        return
    app = context.obj or create_app()
    context.with_resource(app.app_context())


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
def demo(host: str, port: int) -> None:
    """Create the demo's content if there is none, then serve it. Not for the open internet."""
    url = address(host, port)
    installation.prepare(url)
    if demo_content.is_empty():
        click.echo("Making the demo's content …")
        accounts = demo_content.fill(by_slug(None))
        db.session.commit()
        demo_content.add_rules(by_slug(None))
        click.echo("Accounts, shown this once:")
        for role, email, password in accounts:
            click.echo(f"  {role:<10} {email:<26} {password}")
    demo_content.move_to(url)
    db.session.commit()
    run({"DEMO": True}, host=host, port=port)


main.add_command(database.db_group)
main.add_command(keeping.backup_command)
main.add_command(keeping.restore_command)
main.add_command(keeping.check_command)
main.add_command(keeping.move_command)
main.add_command(people.person_group)
main.add_command(sites.site_group)
main.add_command(policy.policy_group)
main.add_command(articles.article_group)
main.add_command(cases.record_group)
main.add_command(outbox.outbox_group)
main.add_command(events.audit_group)
main.add_command(words.words_group)
main.add_command(risk.model_group)
main.add_command(screening.screen_command)
main.add_command(rulebook.rules_group)
main.add_command(worker)
main.add_command(serve)
