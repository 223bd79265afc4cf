"""The model a site uses."""

from moderation.screening.risk.model import Model
from moderation.sites.models import Site


def model(site: Site) -> Model:
    """As shipped, until the site's own is in use."""
    return Model.shipped()
