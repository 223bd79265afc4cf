"""`moderation demo`: content to look at, then the service itself."""

import click

from moderation import installation, serve
from moderation.database import db
from moderation.demo import service
from moderation.sites import service as sites


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True)
def demo(host: str, port: int) -> None:
    """Create the demo's content if there is none, then serve it. Not for the open internet."""
    installation.prepare(url=f"http://{host}:{port}")
    if service.is_empty():
        accounts = service.fill(sites.by_slug(None))
        db.session.commit()
        click.echo("These accounts are shown once:")
        for role, address, password in accounts:
            click.echo(f"  {role:<10} {address:<26} {password}")
    serve.run({"DEMO": True}, host=host, port=port)
