"""${message}."""

import sqlalchemy as sa
from alembic import op

from moderation.database import BigInt, Json, Utc

# "0007_0006" if a program that knows 0006 can go on meanwhile: nothing is taken away or renamed, and
# new columns may be left out. What is to go goes with the version after the one that stops using it
revision = "${up_revision}"
down_revision = ${repr(down_revision)}
branch_labels = None
depends_on = None


def upgrade() -> None:
    ${upgrades if upgrades else "pass"}


def downgrade() -> None:
    ${downgrades if downgrades else "pass"}
