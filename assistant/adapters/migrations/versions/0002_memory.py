"""What memory needs: recall vectors, preferences, calibrations, forgotten words; spans that go with their turn

Revision 0002, after 0001.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("records", sa.Column("forgotten", sa.JSON(), server_default="[]", nullable=False))
    op.add_column("records", sa.Column("rests_on", sa.JSON(), server_default="{}", nullable=False))
    op.drop_index(op.f("ix_records_thread_id_created_at"), table_name="records")
    op.create_index(op.f("ix_records_thread_id_ordinal"), "records", ["thread_id", "ordinal"], unique=False)
    op.create_index(op.f("ix_records_user_id_ordinal"), "records", ["user_id", "ordinal"], unique=False)
    op.create_index(
        "ix_records_running",
        "records",
        ["created_at"],
        unique=False,
        sqlite_where=sa.text("status = 'running'"),
        postgresql_where=sa.text("status = 'running'"),
    )
    op.create_table(
        "recollections",
        sa.Column("trace_id", sa.Text(), nullable=False),
        sa.Column("speaker", sa.Text(), nullable=False),
        sa.Column("embedder", sa.Text(), nullable=False),
        sa.Column("dimensions", sa.Integer(), nullable=False),
        sa.Column("vectors", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["trace_id"], ["records.trace_id"], name=op.f("fk_recollections_trace_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("trace_id", "speaker", name=op.f("pk_recollections")),
    )
    op.create_table(
        "preferences",
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("recall_across", sa.Boolean(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_preferences")),
    )
    op.create_table(
        "calibrations",
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("ratio", sa.Double(), nullable=False),
        sa.Column("samples", sa.Integer(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("model", name=op.f("pk_calibrations")),
    )
    # Until now a span could outlive its turn.
    op.execute("DELETE FROM spans WHERE trace_id NOT IN (SELECT trace_id FROM records)")
    with op.batch_alter_table("spans") as spans:
        spans.create_foreign_key(op.f("fk_spans_trace_id"), "records", ["trace_id"], ["trace_id"], ondelete="CASCADE")


def downgrade() -> None:
    with op.batch_alter_table("spans") as spans:
        spans.drop_constraint(op.f("fk_spans_trace_id"), type_="foreignkey")
    op.drop_table("calibrations")
    op.drop_table("preferences")
    op.drop_table("recollections")
    op.drop_index(
        "ix_records_running",
        table_name="records",
        sqlite_where=sa.text("status = 'running'"),
        postgresql_where=sa.text("status = 'running'"),
    )
    op.drop_index(op.f("ix_records_user_id_ordinal"), table_name="records")
    op.drop_index(op.f("ix_records_thread_id_ordinal"), table_name="records")
    op.create_index(op.f("ix_records_thread_id_created_at"), "records", ["thread_id", "created_at"], unique=False)
    op.drop_column("records", "rests_on")
    op.drop_column("records", "forgotten")
