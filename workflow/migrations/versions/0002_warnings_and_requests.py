"""warnings of a case, and requests to confirm an exception

Revision 0002: a case keeps its open deadlines, what will soon hit a bound and the day it was reopened; an assessment
and a plan keep the day they were entered; a worker asks a supervisor to confirm a soft guard.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

WAITING = sa.text("status = 'waiting'")


def upgrade() -> None:
    # Added without a rebuild of the table: its triggers and everything that refers to it stay as they are.
    op.add_column("case", sa.Column("reopened_on", sa.Date(), nullable=True))
    op.add_column("case", sa.Column("deadlines", sa.JSON(), nullable=False, server_default=sa.text("'[]'")))
    op.add_column("case", sa.Column("warnings", sa.JSON(), nullable=False, server_default=sa.text("'[]'")))
    op.add_column("assessment", sa.Column("entered_on", sa.Date(), nullable=True))
    op.add_column("plan", sa.Column("entered_on", sa.Date(), nullable=True))
    op.create_table(
        "confirmation_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("step", sa.String(length=40), nullable=False),
        sa.Column("guard", sa.String(length=4), nullable=False),
        sa.Column("params", sa.JSON(), nullable=False),
        sa.Column("typed", sa.JSON(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("requested_by", sa.Integer(), nullable=False),
        sa.Column("requested_at", sa.DateTime(), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.CheckConstraint("(status = 'waiting') = (decided_by IS NULL)", name=op.f("ck_confirmation_request_decided")),
        sa.CheckConstraint(
            "decided_by IS NULL OR decided_by <> requested_by", name=op.f("ck_confirmation_request_four_eyes")
        ),
        sa.CheckConstraint(
            "status IN ('waiting', 'confirmed', 'declined')", name=op.f("ck_confirmation_request_status_known")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_confirmation_request_case_id")),
        sa.ForeignKeyConstraint(["decided_by"], ["user.id"], name=op.f("fk_confirmation_request_decided_by")),
        sa.ForeignKeyConstraint(["requested_by"], ["user.id"], name=op.f("fk_confirmation_request_requested_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_confirmation_request")),
    )
    op.create_index("ix_confirmation_request_case", "confirmation_request", ["case_id", "step", "guard"])
    op.create_index("ix_confirmation_request_status", "confirmation_request", ["status", "id"])
    op.create_index(
        "uq_confirmation_request_waiting",
        "confirmation_request",
        ["case_id", "step", "guard"],
        unique=True,
        sqlite_where=WAITING,
        postgresql_where=WAITING,
    )


def downgrade() -> None:
    op.drop_table("confirmation_request")
    op.drop_column("plan", "entered_on")
    op.drop_column("assessment", "entered_on")
    op.drop_column("case", "warnings")
    op.drop_column("case", "deadlines")
    op.drop_column("case", "reopened_on")
