"""The `moderation` command: the rooms' commands under one roof."""

from typing import Any

import click

from moderation.app import create_app
from moderation.errors import ModerationError
from moderation.migrations import cli as database
from moderation.people import cli as people


class Commands(click.Group):
    """Shows our own errors as a sentence, without a traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except ModerationError as error:
            raise click.ClickException(error.sentence) from error


@click.group(cls=Commands)
@click.version_option(package_name="moderation")
@click.pass_context
def main(context: click.Context) -> None:
    """Comment moderation for news publishers."""
    app = context.obj or create_app()
    context.with_resource(app.app_context())


main.add_command(database.db_group)
main.add_command(people.person_group)
