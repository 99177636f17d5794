"""the time agreed for an assessment, and the wishes it takes account of

Revision 0004: the assessment takes place at a time that suits the family, and the child's wishes are heard [002].
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("assessment", sa.Column("agreed_time", sa.String(length=200), nullable=False, server_default=""))
    op.add_column("assessment", sa.Column("wishes", sa.Text(), nullable=False, server_default=""))


def downgrade() -> None:
    op.drop_column("assessment", "wishes")
    op.drop_column("assessment", "agreed_time")
