"""changes of rules

Settings become versions of what the office says; the copies of shipped values go. Changes are rehearsed and kept.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Until now nobody could change a value: a row that was not confirmed is a copy of the shipped one.
    op.execute("DELETE FROM setting WHERE confirmed_on IS NULL")
    with op.batch_alter_table("setting") as batch:
        batch.add_column(sa.Column("version", sa.Integer(), nullable=False, server_default="1"))
        batch.add_column(sa.Column("source", sa.Text(), nullable=False, server_default=""))
        batch.drop_constraint("uq_setting_key", type_="unique")
        batch.create_unique_constraint("uq_setting_key_version", ["key", "version"])
    with op.batch_alter_table("setting") as batch:
        batch.alter_column("version", server_default=None)
        batch.alter_column("source", server_default=None)
    with op.batch_alter_table("rule_set") as batch:
        batch.add_column(sa.Column("withdrawn_on", sa.Date(), nullable=True))
    op.create_table(
        "rule_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=200), nullable=False),
        sa.Column("status", sa.String(length=200), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("token", sa.String(length=200), nullable=False),
        sa.Column("base", sa.String(length=200), nullable=False),
        sa.Column("seen_id", sa.Integer(), nullable=False),
        sa.Column("effect", sa.JSON(), nullable=False),
        sa.Column("waiting", sa.JSON(), nullable=False),
        sa.Column("saved_no", sa.Integer(), nullable=True),
        sa.Column("saved_on", sa.Date(), nullable=True),
        sa.Column("saved_by", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('setting', 'rule_set', 'unit_costs', 'day')", name=op.f("ck_rule_change_kind_known")
        ),
        sa.CheckConstraint("status IN ('proposed', 'saved', 'dropped')", name=op.f("ck_rule_change_status_known")),
        sa.CheckConstraint("(status = 'saved') = (saved_no IS NOT NULL)", name=op.f("ck_rule_change_saved_numbered")),
        sa.ForeignKeyConstraint(["saved_by"], ["user.id"], name=op.f("fk_rule_change_saved_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rule_change")),
        sa.UniqueConstraint("saved_no", name=op.f("uq_rule_change_saved_no")),
        sa.UniqueConstraint("token", name=op.f("uq_rule_change_token")),
    )


def downgrade() -> None:
    op.drop_table("rule_change")
    # A rule set of the office, and versions beyond the first, have no place in the older tables.
    own = "SELECT code FROM rule_set WHERE withdrawn_on IS NOT NULL"
    op.execute(f"DELETE FROM band WHERE cap_id IN (SELECT id FROM cap WHERE rule_set_code IN ({own}))")  # noqa: S608
    op.execute(f"DELETE FROM cap WHERE rule_set_code IN ({own})")  # noqa: S608
    op.execute("DELETE FROM rule_set WHERE withdrawn_on IS NOT NULL")
    with op.batch_alter_table("rule_set") as batch:
        batch.drop_column("withdrawn_on")
    op.execute("DELETE FROM setting WHERE version > 1")
    with op.batch_alter_table("setting") as batch:
        batch.drop_constraint("uq_setting_key_version", type_="unique")
        batch.drop_column("source")
        batch.drop_column("version")
        batch.create_unique_constraint("uq_setting_key", ["key"])
