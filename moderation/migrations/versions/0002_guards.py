"""What is append-only stays so, whoever writes; and the words of the log are searchable."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

APPEND_ONLY = ("decision", "statement", "event", "seal")
# erasure may blank a revision and nothing else
BLANKED = "NEW.body = '' AND NEW.html = '' AND NEW.blanked_at IS NOT NULL"
SAME = "NEW.id = OLD.id AND NEW.comment_id = OLD.comment_id AND NEW.created_at = OLD.created_at"
# a policy version is put together, then published, then it stays
PUBLISHED = "OLD.published_at IS NOT NULL"
IN_PUBLISHED = (
    "EXISTS (SELECT 1 FROM policy_version WHERE published_at IS NOT NULL AND id = {row}.version_id)"
)


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        _guard_sqlite()
        _search_sqlite()
    else:
        _guard_postgresql()
        _search_postgresql()


def _guard_sqlite() -> None:
    def refuse(name: str, table: str, verb: str, when: str = "1") -> None:
        op.execute(
            f"CREATE TRIGGER {name} BEFORE {verb} ON {table} WHEN {when} "
            f"BEGIN SELECT RAISE(ABORT, '{table} rows are never changed or deleted'); END"
        )

    for table in APPEND_ONLY:
        refuse(f"{table}_not_changed", table, "UPDATE")
        refuse(f"{table}_not_deleted", table, "DELETE")
    refuse("revision_not_changed", "revision", "UPDATE", f"NOT ({BLANKED} AND {SAME})")
    refuse("revision_not_deleted", "revision", "DELETE")
    refuse("policy_version_not_changed", "policy_version", "UPDATE", PUBLISHED)
    refuse("policy_version_not_deleted", "policy_version", "DELETE", PUBLISHED)
    refuse("clause_not_added", "clause", "INSERT", IN_PUBLISHED.format(row="NEW"))
    refuse("clause_not_changed", "clause", "UPDATE", IN_PUBLISHED.format(row="OLD"))
    refuse("clause_not_deleted", "clause", "DELETE", IN_PUBLISHED.format(row="OLD"))


def _guard_postgresql() -> None:
    op.execute(
        "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "RAISE EXCEPTION '% rows are never changed or deleted', TG_TABLE_NAME; END $$"
    )
    for table in APPEND_ONLY:
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
    op.execute(
        "CREATE TRIGGER revision_not_changed BEFORE UPDATE ON revision FOR EACH ROW "
        f"WHEN (NOT ({BLANKED} AND {SAME})) EXECUTE FUNCTION refuse_change()"
    )
    op.execute(
        "CREATE TRIGGER revision_not_deleted BEFORE DELETE ON revision FOR EACH ROW "
        "EXECUTE FUNCTION refuse_change()"
    )
    op.execute(
        "CREATE TRIGGER policy_version_kept BEFORE UPDATE OR DELETE ON policy_version FOR EACH ROW "
        f"WHEN ({PUBLISHED}) EXECUTE FUNCTION refuse_change()"
    )
    # there a trigger's own condition cannot look into another table
    op.execute(
        "CREATE FUNCTION refuse_published() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF TG_OP <> 'DELETE' AND {IN_PUBLISHED.format(row='NEW')} "
        f"OR TG_OP <> 'INSERT' AND {IN_PUBLISHED.format(row='OLD')} THEN "
        "RAISE EXCEPTION 'clause rows are never changed or deleted'; END IF; "
        "IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END $$"
    )
    op.execute(
        "CREATE TRIGGER clause_kept BEFORE INSERT OR UPDATE OR DELETE ON clause "
        "FOR EACH ROW EXECUTE FUNCTION refuse_published()"
    )


def _search_sqlite() -> None:
    op.execute(
        "CREATE VIRTUAL TABLE log_words_index USING fts5("
        "words, content='log_words', content_rowid='decision_id', "
        'tokenize="unicode61 remove_diacritics 2")'
    )
    insert = "INSERT INTO log_words_index(rowid, words) VALUES (NEW.decision_id, NEW.words);"
    delete = (
        "INSERT INTO log_words_index(log_words_index, rowid, words) "
        "VALUES ('delete', OLD.decision_id, OLD.words);"
    )
    for verb, steps in (("INSERT", insert), ("DELETE", delete), ("UPDATE", delete + insert)):
        op.execute(
            f"CREATE TRIGGER log_words_{verb.lower()} AFTER {verb} ON log_words BEGIN {steps} END"
        )


def _search_postgresql() -> None:
    op.execute(
        "CREATE INDEX ix_log_words_words ON log_words USING gin (to_tsvector('simple', words))"
    )


def downgrade() -> None:
    """The tables go with their triggers and indexes in the migration before."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TABLE log_words_index")
        for verb in ("insert", "delete", "update"):
            op.execute(f"DROP TRIGGER log_words_{verb}")
        for table in (*APPEND_ONLY, "revision", "policy_version", "clause"):
            op.execute(f"DROP TRIGGER {table}_not_changed")
            op.execute(f"DROP TRIGGER {table}_not_deleted")
        op.execute("DROP TRIGGER clause_not_added")
        return
    op.execute("DROP INDEX ix_log_words_words")
    op.execute("DROP FUNCTION refuse_published() CASCADE")
    op.execute("DROP FUNCTION refuse_change() CASCADE")
