"""What is done on a tablet beside answering: draws, signatures on glass, claims; and answers to what was put aside."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("answer_version", sa.Column("register", sa.String(length=6), server_default="both", nullable=False))
    op.create_table(
        "glass_signature",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("inspection_id", sa.Uuid(), nullable=False),
        sa.Column("side", sa.String(length=4), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("strokes", sa.JSON(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("refused", sa.Boolean(), nullable=False),
        sa.Column("witness", sa.String(length=200), nullable=True),
        sa.Column("refusal_reason", sa.Text(), nullable=True),
        sa.Column("taken_by_id", sa.Uuid(), nullable=False),
        sa.Column("device", sa.String(length=60), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("side IN ('lead', 'unit')", name=op.f("ck_glass_signature_side")),
        sa.CheckConstraint("refused = (witness IS NOT NULL)", name=op.f("ck_glass_signature_witness")),
        sa.CheckConstraint("refused = (refusal_reason IS NOT NULL)", name=op.f("ck_glass_signature_reason")),
        sa.CheckConstraint("NOT refused OR side = 'unit'", name=op.f("ck_glass_signature_who_refuses")),
        sa.ForeignKeyConstraint(["inspection_id"], ["inspection.id"], name=op.f("fk_glass_signature_inspection_id")),
        sa.ForeignKeyConstraint(["taken_by_id"], ["person.id"], name=op.f("fk_glass_signature_taken_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_glass_signature")),
    )
    op.create_index("ix_glass_signature_inspection", "glass_signature", ["inspection_id", "signed_at"])
    op.create_table(
        "sample_draw",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("inspection_id", sa.Uuid(), nullable=False),
        sa.Column("criterion_code", sa.String(length=40), nullable=False),
        sa.Column("label", sa.String(length=200), nullable=False),
        sa.Column("seed", sa.BigInteger(), nullable=False),
        sa.Column("population", sa.Integer(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("drawn", sa.JSON(), nullable=False),
        sa.Column("drawn_by_id", sa.Uuid(), nullable=False),
        sa.Column("device", sa.String(length=60), nullable=False),
        sa.Column("drawn_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("seed BETWEEN 0 AND 4294967295", name=op.f("ck_sample_draw_seed")),
        sa.CheckConstraint("population BETWEEN 1 AND 1000000", name=op.f("ck_sample_draw_population")),
        sa.CheckConstraint("size BETWEEN 1 AND population", name=op.f("ck_sample_draw_size")),
        sa.ForeignKeyConstraint(["inspection_id"], ["inspection.id"], name=op.f("fk_sample_draw_inspection_id")),
        sa.ForeignKeyConstraint(["drawn_by_id"], ["person.id"], name=op.f("fk_sample_draw_drawn_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sample_draw")),
    )
    op.create_index("ix_sample_draw_inspection", "sample_draw", ["inspection_id", "criterion_code"])
    op.create_table(
        "section_claim",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("inspection_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("section", sa.String(length=40), nullable=False),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["inspection_id"], ["inspection.id"], name=op.f("fk_section_claim_inspection_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_section_claim_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_section_claim")),
        sa.UniqueConstraint("inspection_id", "person_id", name=op.f("uq_section_claim_inspection_id_person_id")),
    )
    with op.batch_alter_table("signature", schema=None) as batch_op:
        batch_op.add_column(sa.Column("glass_id", sa.Uuid(), nullable=True))
        batch_op.create_foreign_key(batch_op.f("fk_signature_glass_id"), "glass_signature", ["glass_id"], ["id"])
    with op.batch_alter_table("sync_mutation", schema=None) as batch_op:
        batch_op.add_column(sa.Column("extra", sa.JSON(), nullable=True))
    with op.batch_alter_table("sync_parked", schema=None) as batch_op:
        batch_op.add_column(sa.Column("words", sa.JSON(), nullable=True))
        batch_op.add_column(sa.Column("answered_by_id", sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column("outcome", sa.String(length=20), nullable=True))
        batch_op.add_column(sa.Column("answer", sa.Text(), nullable=False, server_default=""))
        batch_op.create_foreign_key(batch_op.f("fk_sync_parked_answered_by_id"), "person", ["answered_by_id"], ["id"])
    op.execute("UPDATE sync_parked SET outcome = 'answered' WHERE answered_at IS NOT NULL")
    with op.batch_alter_table("sync_parked", schema=None) as batch_op:
        batch_op.alter_column("answer", server_default=None)
        batch_op.create_check_constraint(
            batch_op.f("ck_sync_parked_outcome"), "outcome IN ('applied', 'answered', 'noted')"
        )
        batch_op.create_check_constraint(
            batch_op.f("ck_sync_parked_answered"), "(answered_at IS NULL) = (outcome IS NULL)"
        )
        batch_op.create_index("ix_sync_parked_author", ["author_id", "received_at"])
        batch_op.create_index("ix_sync_parked_inspection", ["inspection_id", "received_at"])


def downgrade():
    with op.batch_alter_table("sync_parked", schema=None) as batch_op:
        batch_op.drop_index("ix_sync_parked_inspection")
        batch_op.drop_index("ix_sync_parked_author")
        batch_op.drop_constraint(batch_op.f("ck_sync_parked_answered"), type_="check")
        batch_op.drop_constraint(batch_op.f("ck_sync_parked_outcome"), type_="check")
        batch_op.drop_constraint(batch_op.f("fk_sync_parked_answered_by_id"), type_="foreignkey")
        batch_op.drop_column("answer")
        batch_op.drop_column("outcome")
        batch_op.drop_column("answered_by_id")
        batch_op.drop_column("words")
    with op.batch_alter_table("sync_mutation", schema=None) as batch_op:
        batch_op.drop_column("extra")
    with op.batch_alter_table("signature", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_signature_glass_id"), type_="foreignkey")
        batch_op.drop_column("glass_id")
    op.drop_table("section_claim")
    op.drop_index("ix_sample_draw_inspection", table_name="sample_draw")
    op.drop_table("sample_draw")
    op.drop_index("ix_glass_signature_inspection", table_name="glass_signature")
    op.drop_table("glass_signature")
    op.drop_column("answer_version", "register")
