"""The window of what was said lately: one signature a comment, shared by all processes."""

from sqlalchemy import ForeignKey, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from moderation.database import Base, BigInt


class StoredSignature(Base):
    """What a comment said last, see `minhash.Signature`. The comment's id says when."""

    __tablename__ = "signature"
    __table_args__ = (
        Index("ix_signature_exact", "site_id", "exact", "comment_id"),  # the same text
        Index("ix_signature_window", "site_id", "comment_id"),  # the oldest of a site
    )

    comment_id: Mapped[int] = mapped_column(
        BigInt, ForeignKey("comment.id"), primary_key=True, autoincrement=False
    )
    revision_id: Mapped[int] = mapped_column(BigInt)
    site_id: Mapped[int] = mapped_column(BigInt)
    author_id: Mapped[int] = mapped_column(BigInt)
    article_id: Mapped[int] = mapped_column(BigInt)
    exact: Mapped[int | None] = mapped_column(BigInt)
    minhash: Mapped[bytes] = mapped_column(LargeBinary)


class Band(Base):
    """Comments with the same key are probably alike. The key says which site, too."""

    __tablename__ = "band"
    __table_args__ = ({"sqlite_with_rowid": False},)  # the key is the table

    key: Mapped[int] = mapped_column(BigInt, primary_key=True, autoincrement=False)
    comment_id: Mapped[int] = mapped_column(BigInt, primary_key=True, autoincrement=False)
