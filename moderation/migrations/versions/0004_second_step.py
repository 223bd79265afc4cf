"""A second step at sign-in. What is added has defaults, so that the version before still writes."""

import sqlalchemy as sa
from alembic import op

from moderation.database import BigInt, Utc

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("person", sa.Column("second_step_at", Utc(), nullable=True))
    op.add_column(
        "person",
        sa.Column("second_step_salt", sa.String(length=43), server_default="", nullable=False),
    )
    op.add_column(
        "person", sa.Column("second_step_used", BigInt, server_default="0", nullable=False)
    )
    op.add_column("sign_in", sa.Column("steps", BigInt, server_default="1", nullable=False))
    op.create_table(
        "recovery_code",
        sa.Column("person_id", BigInt, nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("used_at", Utc(), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_recovery_code_person_id")
        ),
        sa.PrimaryKeyConstraint("person_id", "code_hash", name=op.f("pk_recovery_code")),
    )


def downgrade() -> None:
    op.drop_table("recovery_code")
    op.drop_column("sign_in", "steps")
    for name in ("second_step_used", "second_step_salt", "second_step_at"):
        op.drop_column("person", name)
