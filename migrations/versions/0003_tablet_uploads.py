"""Photos on their way from tablets, what tablets say of themselves, and the key for files of last resort."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "sync_rescue_key",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("mark", sa.String(length=64), nullable=False),
        sa.Column("public", sa.JSON(), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sync_rescue_key")),
        sa.UniqueConstraint("mark", name=op.f("uq_sync_rescue_key_mark")),
    )
    op.create_table(
        "sync_tablet",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("device", sa.String(length=60), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("last_contact_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("waiting", sa.Integer(), nullable=False),
        sa.Column("photos", sa.Integer(), nullable=False),
        sa.Column("oldest_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("app_version", sa.String(length=40), nullable=False),
        sa.Column("skew", sa.Integer(), nullable=False),
        sa.Column("storage", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_sync_tablet_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sync_tablet")),
        sa.UniqueConstraint("device", "person_id", name=op.f("uq_sync_tablet_device_person_id")),
    )
    with op.batch_alter_table("sync_tablet", schema=None) as batch_op:
        batch_op.create_index("ix_sync_tablet_person", ["person_id"], unique=False)

    op.create_table(
        "sync_upload",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("inspection_id", sa.Uuid(), nullable=True),
        sa.Column("metadata_hash", sa.String(length=64), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("device", sa.String(length=60), nullable=False),
        sa.Column("criterion_code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.String(length=60), nullable=False),
        sa.Column("attachment_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["attachment_id"], ["attachment.id"], name=op.f("fk_sync_upload_attachment_id")),
        sa.ForeignKeyConstraint(["author_id"], ["person.id"], name=op.f("fk_sync_upload_author_id")),
        sa.ForeignKeyConstraint(["inspection_id"], ["inspection.id"], name=op.f("fk_sync_upload_inspection_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sync_upload")),
    )
    with op.batch_alter_table("sync_upload", schema=None) as batch_op:
        batch_op.create_index("ix_sync_upload_inspection", ["inspection_id", "outcome"], unique=False)
        batch_op.create_index("ix_sync_upload_open", ["outcome", "asked_at"], unique=False)


def downgrade():
    with op.batch_alter_table("sync_upload", schema=None) as batch_op:
        batch_op.drop_index("ix_sync_upload_open")
        batch_op.drop_index("ix_sync_upload_inspection")

    op.drop_table("sync_upload")
    with op.batch_alter_table("sync_tablet", schema=None) as batch_op:
        batch_op.drop_index("ix_sync_tablet_person")

    op.drop_table("sync_tablet")
    op.drop_table("sync_rescue_key")
