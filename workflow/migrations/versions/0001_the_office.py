"""the office

Revision 0001: the first.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from workflow.models.triggers import drop_triggers

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "family",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_family")),
    )
    op.create_table(
        "holiday",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(length=200), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.CheckConstraint("kind IN ('holiday', 'moved_free', 'moved_working')", name=op.f("ck_holiday_kind_known")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_holiday")),
        sa.UniqueConstraint("day", name=op.f("uq_holiday_day")),
    )
    op.create_table(
        "municipality",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=200), nullable=False),
        sa.Column("name_lv", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=200), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("successors", sa.JSON(), nullable=False),
        sa.Column("address", sa.String(length=200), nullable=True),
        sa.Column("phone", sa.String(length=200), nullable=True),
        sa.Column("e_mail", sa.String(length=200), nullable=True),
        sa.Column("registration_no", sa.String(length=200), nullable=True),
        sa.Column("signatory_name", sa.String(length=200), nullable=True),
        sa.Column("signatory_post", sa.String(length=200), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_municipality")),
        sa.UniqueConstraint("code", name=op.f("uq_municipality_code")),
    )
    op.create_table(
        "number_series",
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_number_series")),
    )
    op.create_table(
        "programme",
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("case_type", sa.String(length=40), nullable=False),
        sa.Column("name_lv", sa.String(length=200), nullable=False),
        sa.Column("method", sa.String(length=40), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("origin", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_programme")),
    )
    op.create_table(
        "rule_set",
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("origin", sa.String(length=200), nullable=False),
        sa.CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name=op.f("ck_rule_set_period")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_rule_set")),
    )
    op.create_table(
        "sign_in_attempt",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account", sa.String(length=200), nullable=False),
        sa.Column("address", sa.String(length=200), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("succeeded", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_attempt")),
    )
    with op.batch_alter_table("sign_in_attempt", schema=None) as batch_op:
        batch_op.create_index("ix_attempt_account", ["account", "at"], unique=False)
        batch_op.create_index("ix_attempt_address", ["address", "at"], unique=False)

    op.create_table(
        "stored_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stored_file")),
    )
    with op.batch_alter_table("stored_file", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_stored_file_sha256"), ["sha256"], unique=False)

    op.create_table(
        "unit",
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("step", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_unit")),
    )
    op.create_table(
        "cap",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("rule_set_code", sa.String(length=40), nullable=False),
        sa.Column("programme_code", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=200), nullable=False),
        sa.Column("unit_code", sa.String(length=20), nullable=True),
        sa.Column("quantity", sa.BigInteger(), nullable=True),
        sa.Column("months", sa.Integer(), nullable=True),
        sa.Column("ceiling", sa.BigInteger(), nullable=True),
        sa.Column("scope", sa.String(length=200), nullable=False),
        sa.Column("origin", sa.String(length=200), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('lifetime', 'calendar_year', 'calendar_month', 'iso_week', 'window', 'none')",
            name=op.f("ck_cap_kind_known"),
        ),
        sa.ForeignKeyConstraint(["programme_code"], ["programme.code"], name=op.f("fk_cap_programme_code")),
        sa.ForeignKeyConstraint(["rule_set_code"], ["rule_set.code"], name=op.f("fk_cap_rule_set_code")),
        sa.ForeignKeyConstraint(["unit_code"], ["unit.code"], name=op.f("fk_cap_unit_code")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cap")),
        sa.UniqueConstraint("rule_set_code", "programme_code", name=op.f("uq_cap_rule_set_code_programme_code")),
    )
    op.create_table(
        "claim",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("programme_code", sa.String(length=40), nullable=False),
        sa.Column("period", sa.Date(), nullable=False),
        sa.Column("number", sa.String(length=60), nullable=False),
        sa.Column("kind", sa.String(length=200), nullable=False),
        sa.Column("status", sa.String(length=200), nullable=False),
        sa.Column("submitted_on", sa.Date(), nullable=True),
        sa.Column("returned_on", sa.Date(), nullable=True),
        sa.Column("return_reason", sa.Text(), nullable=False),
        sa.Column("compensating_body", sa.String(length=200), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.CheckConstraint("kind IN ('normal', 'correction')", name=op.f("ck_claim_kind_known")),
        sa.CheckConstraint(
            "status IN ('draft', 'submitted', 'returned', 'paid', 'paid_in_part')", name=op.f("ck_claim_status_known")
        ),
        sa.ForeignKeyConstraint(["municipality_id"], ["municipality.id"], name=op.f("fk_claim_municipality_id")),
        sa.ForeignKeyConstraint(["programme_code"], ["programme.code"], name=op.f("fk_claim_programme_code")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claim")),
        sa.UniqueConstraint("municipality_id", "number", name=op.f("uq_claim_municipality_id_number")),
    )
    with op.batch_alter_table("claim", schema=None) as batch_op:
        batch_op.create_index("ix_claim_list", ["municipality_id", "period", "id"], unique=False)

    op.create_table(
        "person",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("first_name", sa.String(length=200), nullable=False),
        sa.Column("last_name", sa.String(length=200), nullable=False),
        sa.Column("birth_date", sa.Date(), nullable=True),
        sa.Column("personal_code", sa.String(length=11), nullable=True),
        sa.Column("sex", sa.String(length=6), nullable=True),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("declared_municipality_id", sa.Integer(), nullable=True),
        sa.Column("registered_municipality_id", sa.Integer(), nullable=False),
        sa.Column("address", sa.String(length=200), nullable=True),
        sa.Column("phone", sa.String(length=200), nullable=True),
        sa.Column("e_mail", sa.String(length=200), nullable=True),
        sa.Column("family_id", sa.Integer(), nullable=True),
        sa.Column("died_on", sa.Date(), nullable=True),
        sa.Column("folded", sa.String(length=200), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.CheckConstraint("language IN ('lv', 'en', 'ru')", name=op.f("ck_person_language_known")),
        sa.CheckConstraint("sex IN ('female', 'male')", name=op.f("ck_person_sex_known")),
        sa.ForeignKeyConstraint(
            ["declared_municipality_id"], ["municipality.id"], name=op.f("fk_person_declared_municipality_id")
        ),
        sa.ForeignKeyConstraint(["family_id"], ["family.id"], name=op.f("fk_person_family_id")),
        sa.ForeignKeyConstraint(
            ["registered_municipality_id"], ["municipality.id"], name=op.f("fk_person_registered_municipality_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
    )
    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_person_family_id"), ["family_id"], unique=False)
        batch_op.create_index("ix_person_folded", ["folded"], unique=False)
        batch_op.create_index(batch_op.f("ix_person_personal_code"), ["personal_code"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_person_registered_municipality_id"), ["registered_municipality_id"], unique=False
        )

    op.create_table(
        "procurement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("procedure", sa.String(length=200), nullable=False),
        sa.Column("reference", sa.String(length=200), nullable=True),
        sa.Column("estimated_value_ex_vat", sa.BigInteger(), nullable=False),
        sa.Column("published_on", sa.Date(), nullable=True),
        sa.Column("decision_on", sa.Date(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "procedure IN ('market_survey', 'small_procurement', 'annex_2', 'open_procedure', 'framework_call_off', 'delegation')",
            name=op.f("ck_procurement_procedure_known"),
        ),
        sa.ForeignKeyConstraint(["municipality_id"], ["municipality.id"], name=op.f("fk_procurement_municipality_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_procurement")),
    )
    with op.batch_alter_table("procurement", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_procurement_municipality_id"), ["municipality_id"], unique=False)

    op.create_table(
        "provider",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=200), nullable=False),
        sa.Column("registration_no", sa.String(length=11), nullable=True),
        sa.Column("address", sa.String(length=200), nullable=False),
        sa.Column("contacts", sa.String(length=200), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=True),
        sa.Column("folded", sa.String(length=200), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('municipal_institution', 'created_by_municipality', 'company', 'association', 'foundation', 'medical_institution', 'medical_practitioner', 'natural_person')",
            name=op.f("ck_provider_kind_known"),
        ),
        sa.ForeignKeyConstraint(["municipality_id"], ["municipality.id"], name=op.f("fk_provider_municipality_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_provider")),
    )
    with op.batch_alter_table("provider", schema=None) as batch_op:
        batch_op.create_index("ix_provider_folded", ["folded"], unique=False)
        batch_op.create_index(batch_op.f("ix_provider_registration_no"), ["registration_no"], unique=False)

    op.create_table(
        "service",
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("programme_code", sa.String(length=40), nullable=False),
        sa.Column("unit_code", sa.String(length=20), nullable=False),
        sa.Column("name_lv", sa.String(length=200), nullable=False),
        sa.Column("min_age", sa.Integer(), nullable=True),
        sa.Column("max_age", sa.Integer(), nullable=True),
        sa.Column("origin", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["programme_code"], ["programme.code"], name=op.f("fk_service_programme_code")),
        sa.ForeignKeyConstraint(["unit_code"], ["unit.code"], name=op.f("fk_service_unit_code")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_service")),
    )
    with op.batch_alter_table("service", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_service_programme_code"), ["programme_code"], unique=False)

    op.create_table(
        "user",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("login", sa.String(length=200), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column("second_factor_secret", sa.String(length=200), nullable=True),
        sa.Column("second_factor_last", sa.Integer(), nullable=True),
        sa.Column("roles", sa.JSON(), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("theme", sa.String(length=200), nullable=False),
        sa.Column("contrast", sa.String(length=200), nullable=False),
        sa.Column("text_size", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.CheckConstraint("language IN ('lv', 'en', 'ru')", name=op.f("ck_user_language_known")),
        sa.ForeignKeyConstraint(["municipality_id"], ["municipality.id"], name=op.f("fk_user_municipality_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user")),
        sa.UniqueConstraint("login", name=op.f("uq_user_login")),
    )
    with op.batch_alter_table("user", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_user_municipality_id"), ["municipality_id"], unique=False)

    op.create_table(
        "band",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cap_id", sa.Integer(), nullable=False),
        sa.Column("min_age", sa.Integer(), nullable=False),
        sa.Column("max_age", sa.Integer(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["cap_id"], ["cap.id"], name=op.f("fk_band_cap_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_band")),
        sa.UniqueConstraint("cap_id", "min_age", name=op.f("uq_band_cap_id_min_age")),
    )
    op.create_table(
        "case",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_no", sa.String(length=60), nullable=False),
        sa.Column("case_type", sa.String(length=40), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("applicant_id", sa.Integer(), nullable=False),
        sa.Column("applicant_kind", sa.String(length=200), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=30), nullable=False),
        sa.Column("came_from", sa.String(length=30), nullable=True),
        sa.Column("closed_from", sa.String(length=30), nullable=True),
        sa.Column("worker_id", sa.Integer(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("channel", sa.String(length=200), nullable=False),
        sa.Column("wanted", sa.String(length=200), nullable=False),
        sa.Column("desired_provider", sa.String(length=200), nullable=True),
        sa.Column("opening_used", sa.JSON(), nullable=False),
        sa.Column("opening_window_start", sa.Date(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("documents_complete_on", sa.Date(), nullable=True),
        sa.Column("extended_due_on", sa.Date(), nullable=True),
        sa.Column("extended_on", sa.Date(), nullable=True),
        sa.Column("route", sa.String(length=200), nullable=True),
        sa.Column("procurement_started_on", sa.Date(), nullable=True),
        sa.Column("suspended_on", sa.Date(), nullable=True),
        sa.Column("expected_resume_on", sa.Date(), nullable=True),
        sa.Column("pauses", sa.JSON(), nullable=False),
        sa.Column("stopped_on", sa.Date(), nullable=True),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("state_since_on", sa.Date(), nullable=False),
        sa.Column("touched_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("due_kind", sa.String(length=10), nullable=True),
        sa.Column("next_step", sa.String(length=30), nullable=True),
        sa.Column("waits_for", sa.String(length=30), nullable=True),
        sa.Column("blocker", sa.String(length=10), nullable=True),
        sa.Column("blockers", sa.JSON(), nullable=False),
        sa.Column("missing", sa.JSON(), nullable=False),
        sa.Column("offered", sa.JSON(), nullable=False),
        sa.Column("history_seq", sa.Integer(), nullable=False),
        sa.Column("history_mac", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "state IN ('applied', 'assessed', 'plan_drafted', 'procurement', 'service_delivered', 'compensated', 'suspended', 'rejected', 'withdrawn', 'closed')",
            name=op.f("ck_case_state_known"),
        ),
        sa.ForeignKeyConstraint(["applicant_id"], ["person.id"], name=op.f("fk_case_applicant_id")),
        sa.ForeignKeyConstraint(["municipality_id"], ["municipality.id"], name=op.f("fk_case_municipality_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_case_person_id")),
        sa.ForeignKeyConstraint(["worker_id"], ["user.id"], name=op.f("fk_case_worker_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case")),
        sa.UniqueConstraint("case_no", name=op.f("uq_case_case_no")),
    )
    with op.batch_alter_table("case", schema=None) as batch_op:
        batch_op.create_index("ix_case_due", ["municipality_id", "due_on", "id"], unique=False)
        batch_op.create_index("ix_case_no", ["municipality_id", "case_no"], unique=False)
        batch_op.create_index(batch_op.f("ix_case_person_id"), ["person_id"], unique=False)
        batch_op.create_index("ix_case_since", ["municipality_id", "state_since_on", "id"], unique=False)
        batch_op.create_index("ix_case_state", ["municipality_id", "state", "due_on", "id"], unique=False)
        batch_op.create_index("ix_case_touched", ["municipality_id", "touched_on", "id"], unique=False)
        batch_op.create_index("ix_case_waits", ["municipality_id", "waits_for", "due_on", "id"], unique=False)
        batch_op.create_index("ix_case_worker", ["worker_id", "due_on", "id"], unique=False)
        batch_op.create_index(
            "uq_case_open",
            ["person_id", "case_type"],
            unique=True,
            sqlite_where=sa.text("state NOT IN ('rejected', 'withdrawn', 'closed')"),
            postgresql_where=sa.text("state NOT IN ('rejected', 'withdrawn', 'closed')"),
        )

    op.create_table(
        "invoice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("provider_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=60), nullable=False),
        sa.Column("dated_on", sa.Date(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=200), nullable=False),
        sa.Column("paid_on", sa.Date(), nullable=True),
        sa.Column("payment_reference", sa.String(length=200), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.CheckConstraint("kind IN ('invoice', 'credit_note', 'cost_note')", name=op.f("ck_invoice_kind_known")),
        sa.ForeignKeyConstraint(["municipality_id"], ["municipality.id"], name=op.f("fk_invoice_municipality_id")),
        sa.ForeignKeyConstraint(["provider_id"], ["provider.id"], name=op.f("fk_invoice_provider_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invoice")),
        sa.UniqueConstraint(
            "municipality_id", "provider_id", "number", name=op.f("uq_invoice_municipality_id_provider_id_number")
        ),
    )
    with op.batch_alter_table("invoice", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_invoice_provider_id"), ["provider_id"], unique=False)

    op.create_table(
        "payment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("claim_id", sa.Integer(), nullable=False),
        sa.Column("paid_on", sa.Date(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("reference", sa.String(length=200), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["claim_id"], ["claim.id"], name=op.f("fk_payment_claim_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment")),
    )
    with op.batch_alter_table("payment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_payment_claim_id"), ["claim_id"], unique=False)

    op.create_table(
        "register_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("provider_id", sa.Integer(), nullable=False),
        sa.Column("register", sa.String(length=200), nullable=False),
        sa.Column("number", sa.String(length=30), nullable=False),
        sa.Column("services", sa.JSON(), nullable=False),
        sa.Column("address", sa.String(length=200), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("checked_on", sa.Date(), nullable=False),
        sa.Column("checked_by", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "register IN ('social_providers', 'medical_practitioners', 'medical_institutions')",
            name=op.f("ck_register_entry_register_known"),
        ),
        sa.CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name=op.f("ck_register_entry_period")),
        sa.ForeignKeyConstraint(["checked_by"], ["user.id"], name=op.f("fk_register_entry_checked_by")),
        sa.ForeignKeyConstraint(["provider_id"], ["provider.id"], name=op.f("fk_register_entry_provider_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_register_entry")),
        sa.UniqueConstraint(
            "provider_id", "register", "number", name=op.f("uq_register_entry_provider_id_register_number")
        ),
    )
    with op.batch_alter_table("register_entry", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_register_entry_provider_id"), ["provider_id"], unique=False)

    op.create_table(
        "setting",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("origin", sa.String(length=200), nullable=False),
        sa.Column("confirmed_on", sa.Date(), nullable=True),
        sa.Column("confirmed_by", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.CheckConstraint("origin IN ('source', 'law', 'public', 'assumption')", name=op.f("ck_setting_origin_known")),
        sa.ForeignKeyConstraint(["confirmed_by"], ["user.id"], name=op.f("fk_setting_confirmed_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_setting")),
        sa.UniqueConstraint("key", name=op.f("uq_setting_key")),
    )
    op.create_table(
        "sign_in",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(), nullable=False),
        sa.Column("expires_at", sa.DateTime(), nullable=False),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_sign_in_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_sign_in_token_hash")),
    )
    with op.batch_alter_table("sign_in", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sign_in_user_id"), ["user_id"], unique=False)

    op.create_table(
        "unit_cost",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("service_code", sa.String(length=20), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.CheckConstraint("amount > 0", name=op.f("ck_unit_cost_amount_positive")),
        sa.CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name=op.f("ck_unit_cost_period")),
        sa.ForeignKeyConstraint(["service_code"], ["service.code"], name=op.f("fk_unit_cost_service_code")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit_cost")),
        sa.UniqueConstraint("service_code", "valid_from", name=op.f("uq_unit_cost_service_code_valid_from")),
    )
    op.create_table(
        "contract",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("provider_id", sa.Integer(), nullable=False),
        sa.Column("register_entry_id", sa.Integer(), nullable=False),
        sa.Column("procurement_id", sa.Integer(), nullable=True),
        sa.Column("number", sa.String(length=60), nullable=False),
        sa.Column("signed_on", sa.Date(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("end_ground", sa.String(length=200), nullable=True),
        sa.Column("max_value", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.CheckConstraint("ends_on >= starts_on", name=op.f("ck_contract_period")),
        sa.ForeignKeyConstraint(["municipality_id"], ["municipality.id"], name=op.f("fk_contract_municipality_id")),
        sa.ForeignKeyConstraint(["procurement_id"], ["procurement.id"], name=op.f("fk_contract_procurement_id")),
        sa.ForeignKeyConstraint(["provider_id"], ["provider.id"], name=op.f("fk_contract_provider_id")),
        sa.ForeignKeyConstraint(
            ["register_entry_id"], ["register_entry.id"], name=op.f("fk_contract_register_entry_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contract")),
        sa.UniqueConstraint("municipality_id", "number", name=op.f("uq_contract_municipality_id_number")),
    )
    with op.batch_alter_table("contract", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_contract_municipality_id"), ["municipality_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_contract_provider_id"), ["provider_id"], unique=False)

    op.create_table(
        "decision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=200), nullable=False),
        sa.Column("number", sa.String(length=200), nullable=False),
        sa.Column("dated_on", sa.Date(), nullable=False),
        sa.Column("ground", sa.String(length=200), nullable=True),
        sa.Column("reasons", sa.Text(), nullable=False),
        sa.Column("sent_on", sa.Date(), nullable=True),
        sa.Column("channel", sa.String(length=200), nullable=True),
        sa.Column("notified_on", sa.Date(), nullable=True),
        sa.Column("dispute_until", sa.Date(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.CheckConstraint("kind IN ('grant', 'refuse', 'extend', 'close')", name=op.f("ck_decision_kind_known")),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_decision_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decision")),
        sa.UniqueConstraint("case_id", "kind", "number", name=op.f("uq_decision_case_id_kind_number")),
    )
    with op.batch_alter_table("decision", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_decision_case_id"), ["case_id"], unique=False)

    op.create_table(
        "document",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=True),
        sa.Column("code", sa.String(length=5), nullable=False),
        sa.Column("number", sa.String(length=200), nullable=True),
        sa.Column("dated_on", sa.Date(), nullable=False),
        sa.Column("direction", sa.String(length=3), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.CheckConstraint("direction IN ('in', 'out')", name=op.f("ck_document_direction_known")),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_document_case_id")),
        sa.ForeignKeyConstraint(["file_id"], ["stored_file.id"], name=op.f("fk_document_file_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document")),
    )
    with op.batch_alter_table("document", schema=None) as batch_op:
        batch_op.create_index("ix_document_case", ["case_id", "code"], unique=False)

    op.create_table(
        "plan",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("drafted_on", sa.Date(), nullable=False),
        sa.Column("drafted_by", sa.Integer(), nullable=False),
        sa.Column("goals", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("returned_on", sa.Date(), nullable=True),
        sa.Column("remarks", sa.Text(), nullable=False),
        sa.Column("approved_on", sa.Date(), nullable=True),
        sa.Column("approved_by", sa.Integer(), nullable=True),
        sa.Column("representative_signed_on", sa.Date(), nullable=True),
        sa.Column("decision_no", sa.String(length=200), nullable=True),
        sa.Column("decision_on", sa.Date(), nullable=True),
        sa.Column("replaced_on", sa.Date(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["approved_by"], ["user.id"], name=op.f("fk_plan_approved_by")),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_plan_case_id")),
        sa.ForeignKeyConstraint(["drafted_by"], ["user.id"], name=op.f("fk_plan_drafted_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan")),
        sa.UniqueConstraint("case_id", "version", name=op.f("uq_plan_case_id_version")),
    )
    with op.batch_alter_table("plan", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_plan_case_id"), ["case_id"], unique=False)

    op.create_table(
        "task",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=30), nullable=True),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.CheckConstraint("role IS NOT NULL OR user_id IS NOT NULL", name=op.f("ck_task_addressed")),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_task_case_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_task_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_task")),
    )
    with op.batch_alter_table("task", schema=None) as batch_op:
        batch_op.create_index("ix_task_open", ["case_id", "done_on"], unique=False)
        batch_op.create_index("ix_task_role", ["role", "done_on", "due_on"], unique=False)
        batch_op.create_index(batch_op.f("ix_task_user_id"), ["user_id"], unique=False)

    op.create_table(
        "transition_log",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("event", sa.String(length=40), nullable=False),
        sa.Column("from_state", sa.String(length=30), nullable=True),
        sa.Column("to_state", sa.String(length=30), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("guards_confirmed", sa.JSON(), nullable=False),
        sa.Column("mac", sa.String(length=64), nullable=False),
        sa.CheckConstraint("kind IN ('step', 'entry')", name=op.f("ck_transition_log_kind_known")),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_transition_log_case_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_transition_log_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transition_log")),
        sa.UniqueConstraint("case_id", "seq", name=op.f("uq_transition_log_case_id_seq")),
    )
    with op.batch_alter_table("transition_log", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_transition_log_case_id"), ["case_id"], unique=False)

    op.create_table(
        "application",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=200), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=True),
        sa.Column("wanted", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.CheckConstraint("kind IN ('assessment', 'services')", name=op.f("ck_application_kind_known")),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_application_case_id")),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_application_document_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_application")),
    )
    with op.batch_alter_table("application", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_application_case_id"), ["case_id"], unique=False)

    op.create_table(
        "assessment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("mode", sa.String(length=200), nullable=False),
        sa.Column("assessed_on", sa.Date(), nullable=False),
        sa.Column("assessor_name", sa.String(length=200), nullable=False),
        sa.Column("assessor_profession", sa.String(length=200), nullable=False),
        sa.Column("target_ground", sa.String(length=200), nullable=True),
        sa.Column("living", sa.String(length=200), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("earlier_in_project", sa.Boolean(), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "mode IN ('full', 'document_check', 'social_worker')", name=op.f("ck_assessment_mode_known")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_assessment_case_id")),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_assessment_document_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assessment")),
    )
    with op.batch_alter_table("assessment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_assessment_case_id"), ["case_id"], unique=False)

    op.create_table(
        "confirmed_guard",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("log_id", sa.Integer(), nullable=True),
        sa.Column("step", sa.String(length=40), nullable=False),
        sa.Column("guard", sa.String(length=4), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("confirmed_by", sa.Integer(), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_confirmed_guard_case_id")),
        sa.ForeignKeyConstraint(["confirmed_by"], ["user.id"], name=op.f("fk_confirmed_guard_confirmed_by")),
        sa.ForeignKeyConstraint(["log_id"], ["transition_log.id"], name=op.f("fk_confirmed_guard_log_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_confirmed_guard")),
    )
    with op.batch_alter_table("confirmed_guard", schema=None) as batch_op:
        batch_op.create_index("ix_confirmed_guard_case", ["case_id"], unique=False)

    op.create_table(
        "contract_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("contract_id", sa.Integer(), nullable=False),
        sa.Column("service_code", sa.String(length=20), nullable=False),
        sa.Column("unit_price", sa.BigInteger(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("max_quantity", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.CheckConstraint("unit_price > 0", name=op.f("ck_contract_line_price_positive")),
        sa.CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name=op.f("ck_contract_line_period")),
        sa.ForeignKeyConstraint(["contract_id"], ["contract.id"], name=op.f("fk_contract_line_contract_id")),
        sa.ForeignKeyConstraint(["service_code"], ["service.code"], name=op.f("fk_contract_line_service_code")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contract_line")),
        sa.UniqueConstraint(
            "contract_id",
            "service_code",
            "valid_from",
            name=op.f("uq_contract_line_contract_id_service_code_valid_from"),
        ),
    )
    with op.batch_alter_table("contract_line", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_contract_line_contract_id"), ["contract_id"], unique=False)

    op.create_table(
        "disability",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=200), nullable=False),
        sa.Column("disability_group", sa.String(length=3), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("document_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.CheckConstraint("disability_group IN ('I', 'II', 'III')", name=op.f("ck_disability_group_known")),
        sa.CheckConstraint("status IN ('disability', 'none')", name=op.f("ck_disability_status_known")),
        sa.CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name=op.f("ck_disability_period")),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_disability_document_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_disability_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disability")),
    )
    with op.batch_alter_table("disability", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_disability_person_id"), ["person_id"], unique=False)

    op.create_table(
        "plan_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("service_code", sa.String(length=20), nullable=False),
        sa.Column("recipient_kind", sa.String(length=200), nullable=False),
        sa.Column("recipient_id", sa.Integer(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=True),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("frequency", sa.String(length=200), nullable=True),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("received_before_project", sa.Boolean(), nullable=False),
        sa.Column("requested", sa.Boolean(), nullable=False),
        sa.Column("approved_on", sa.Date(), nullable=True),
        sa.Column("carried_from_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "recipient_kind IN ('child', 'guardian', 'adult')", name=op.f("ck_plan_line_recipient_kind_known")
        ),
        sa.CheckConstraint(
            "ends_on IS NULL OR starts_on IS NULL OR ends_on >= starts_on", name=op.f("ck_plan_line_period")
        ),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_plan_line_quantity_positive")),
        sa.ForeignKeyConstraint(["carried_from_id"], ["plan_line.id"], name=op.f("fk_plan_line_carried_from_id")),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_plan_line_plan_id")),
        sa.ForeignKeyConstraint(["recipient_id"], ["person.id"], name=op.f("fk_plan_line_recipient_id")),
        sa.ForeignKeyConstraint(["service_code"], ["service.code"], name=op.f("fk_plan_line_service_code")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_line")),
    )
    with op.batch_alter_table("plan_line", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_plan_line_plan_id"), ["plan_id"], unique=False)

    op.create_table(
        "relation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("child_id", sa.Integer(), nullable=False),
        sa.Column("adult_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=200), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('parent', 'guardian', 'foster_parent', 'trustee', 'authorised_person', 'institution')",
            name=op.f("ck_relation_kind_known"),
        ),
        sa.CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name=op.f("ck_relation_period")),
        sa.ForeignKeyConstraint(["adult_id"], ["person.id"], name=op.f("fk_relation_adult_id")),
        sa.ForeignKeyConstraint(["child_id"], ["person.id"], name=op.f("fk_relation_child_id")),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_relation_document_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_relation")),
        sa.UniqueConstraint(
            "child_id", "adult_id", "kind", "valid_from", name=op.f("uq_relation_child_id_adult_id_kind_valid_from")
        ),
    )
    with op.batch_alter_table("relation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_relation_adult_id"), ["adult_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_relation_child_id"), ["child_id"], unique=False)

    op.create_table(
        "special_care_opinion",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=200), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("document_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.CheckConstraint("valid_to IS NULL OR valid_to >= issued_on", name=op.f("ck_special_care_opinion_period")),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_special_care_opinion_document_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_special_care_opinion_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_special_care_opinion")),
    )
    with op.batch_alter_table("special_care_opinion", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_special_care_opinion_person_id"), ["person_id"], unique=False)

    op.create_table(
        "assignment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("plan_line_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=200), nullable=False),
        sa.Column("contract_line_id", sa.Integer(), nullable=True),
        sa.Column("provider_id", sa.Integer(), nullable=False),
        sa.Column("register_entry_id", sa.Integer(), nullable=False),
        sa.Column("own_tariff", sa.BigInteger(), nullable=True),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("referral_no", sa.String(length=200), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(kind = 'procured') = (contract_line_id IS NOT NULL)", name=op.f("ck_assignment_procured_has_contract")
        ),
        sa.CheckConstraint("kind IN ('procured', 'in_house')", name=op.f("ck_assignment_kind_known")),
        sa.CheckConstraint("ends_on IS NULL OR ends_on >= starts_on", name=op.f("ck_assignment_period")),
        sa.CheckConstraint("own_tariff >= 0", name=op.f("ck_assignment_tariff_not_negative")),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_assignment_case_id")),
        sa.ForeignKeyConstraint(
            ["contract_line_id"], ["contract_line.id"], name=op.f("fk_assignment_contract_line_id")
        ),
        sa.ForeignKeyConstraint(["plan_line_id"], ["plan_line.id"], name=op.f("fk_assignment_plan_line_id")),
        sa.ForeignKeyConstraint(["provider_id"], ["provider.id"], name=op.f("fk_assignment_provider_id")),
        sa.ForeignKeyConstraint(
            ["register_entry_id"], ["register_entry.id"], name=op.f("fk_assignment_register_entry_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignment")),
    )
    with op.batch_alter_table("assignment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_assignment_case_id"), ["case_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_assignment_contract_line_id"), ["contract_line_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_assignment_plan_line_id"), ["plan_line_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_assignment_provider_id"), ["provider_id"], unique=False)

    op.create_table(
        "acceptance_act",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("assignment_id", sa.Integer(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("act_no", sa.String(length=200), nullable=False),
        sa.Column("act_on", sa.Date(), nullable=False),
        sa.Column("attendance_document_id", sa.Integer(), nullable=False),
        sa.Column("signed_by", sa.String(length=200), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["assignment_id"], ["assignment.id"], name=op.f("fk_acceptance_act_assignment_id")),
        sa.ForeignKeyConstraint(
            ["attendance_document_id"], ["document.id"], name=op.f("fk_acceptance_act_attendance_document_id")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_acceptance_act_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_acceptance_act")),
        sa.UniqueConstraint("case_id", "act_no", name=op.f("uq_acceptance_act_case_id_act_no")),
    )
    with op.batch_alter_table("acceptance_act", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_acceptance_act_assignment_id"), ["assignment_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_acceptance_act_case_id"), ["case_id"], unique=False)

    op.create_table(
        "claim_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("claim_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("service_code", sa.String(length=20), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("assignment_id", sa.Integer(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("rate", sa.BigInteger(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("paid_amount", sa.BigInteger(), nullable=True),
        sa.Column("shortfall_reason", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["assignment_id"], ["assignment.id"], name=op.f("fk_claim_line_assignment_id")),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_claim_line_case_id")),
        sa.ForeignKeyConstraint(["claim_id"], ["claim.id"], name=op.f("fk_claim_line_claim_id")),
        sa.ForeignKeyConstraint(["service_code"], ["service.code"], name=op.f("fk_claim_line_service_code")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claim_line")),
    )
    with op.batch_alter_table("claim_line", schema=None) as batch_op:
        batch_op.create_index("ix_claim_line_case", ["case_id", "claim_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_claim_line_claim_id"), ["claim_id"], unique=False)

    op.create_table(
        "delivery",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("assignment_id", sa.Integer(), nullable=False),
        sa.Column("service_code", sa.String(length=20), nullable=False),
        sa.Column("recipient_id", sa.Integer(), nullable=False),
        sa.Column("delivered_on", sa.Date(), nullable=False),
        sa.Column("started_at", sa.Time(), nullable=True),
        sa.Column("check_in", sa.DateTime(), nullable=True),
        sa.Column("check_out", sa.DateTime(), nullable=True),
        sa.Column("slot", sa.String(length=20), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("unit_price", sa.BigInteger(), nullable=True),
        sa.Column("act_id", sa.Integer(), nullable=False),
        sa.Column("entered_from", sa.String(length=200), nullable=False),
        sa.Column("cancelled", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.CheckConstraint("entered_from IN ('form', 'excel')", name=op.f("ck_delivery_entered_from_known")),
        sa.CheckConstraint("check_out IS NULL OR check_out > check_in", name=op.f("ck_delivery_stay")),
        sa.CheckConstraint("quantity >= 0", name=op.f("ck_delivery_quantity_not_negative")),
        sa.ForeignKeyConstraint(["act_id"], ["acceptance_act.id"], name=op.f("fk_delivery_act_id")),
        sa.ForeignKeyConstraint(["assignment_id"], ["assignment.id"], name=op.f("fk_delivery_assignment_id")),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_delivery_case_id")),
        sa.ForeignKeyConstraint(["recipient_id"], ["person.id"], name=op.f("fk_delivery_recipient_id")),
        sa.ForeignKeyConstraint(["service_code"], ["service.code"], name=op.f("fk_delivery_service_code")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery")),
    )
    with op.batch_alter_table("delivery", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_delivery_act_id"), ["act_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_delivery_assignment_id"), ["assignment_id"], unique=False)
        batch_op.create_index("ix_delivery_case", ["case_id", "delivered_on", "id"], unique=False)
        batch_op.create_index(
            "uq_delivery_once",
            ["recipient_id", "service_code", "delivered_on", "slot"],
            unique=True,
            sqlite_where=sa.text("NOT cancelled"),
            postgresql_where=sa.text("NOT cancelled"),
        )

    op.create_table(
        "invoice_act",
        sa.Column("invoice_id", sa.Integer(), nullable=False),
        sa.Column("act_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["act_id"], ["acceptance_act.id"], name=op.f("fk_invoice_act_act_id")),
        sa.ForeignKeyConstraint(["invoice_id"], ["invoice.id"], name=op.f("fk_invoice_act_invoice_id")),
        sa.PrimaryKeyConstraint("invoice_id", "act_id", name=op.f("pk_invoice_act")),
    )
    with op.batch_alter_table("invoice_act", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_invoice_act_act_id"), ["act_id"], unique=False)

    op.create_table(
        "claim_unit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("claim_line_id", sa.Integer(), nullable=False),
        sa.Column("delivery_id", sa.Integer(), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("live", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_claim_unit_quantity_positive")),
        sa.ForeignKeyConstraint(["claim_line_id"], ["claim_line.id"], name=op.f("fk_claim_unit_claim_line_id")),
        sa.ForeignKeyConstraint(["delivery_id"], ["delivery.id"], name=op.f("fk_claim_unit_delivery_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claim_unit")),
    )
    with op.batch_alter_table("claim_unit", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_claim_unit_claim_line_id"), ["claim_line_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_claim_unit_delivery_id"), ["delivery_id"], unique=False)
        batch_op.create_index(
            "uq_claim_unit_once",
            ["delivery_id", "on_day"],
            unique=True,
            sqlite_where=sa.text("live"),
            postgresql_where=sa.text("live"),
        )

    op.create_table(
        "refusal_of_units",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("delivery_id", sa.Integer(), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(length=30), nullable=False),
        sa.Column("confirmed_by", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "reason IN ('NOT_IN_PLAN', 'BEFORE_PLAN', 'OUTSIDE_PROJECT', 'AGE', 'WINDOW', 'NO_ASSIGNMENT', 'PROVIDER_NOT_REGISTERED', 'PLAN_QUANTITY', 'CAP')",
            name=op.f("ck_refusal_of_units_reason_known"),
        ),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_refusal_of_units_quantity_positive")),
        sa.ForeignKeyConstraint(["confirmed_by"], ["user.id"], name=op.f("fk_refusal_of_units_confirmed_by")),
        sa.ForeignKeyConstraint(["delivery_id"], ["delivery.id"], name=op.f("fk_refusal_of_units_delivery_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refusal_of_units")),
        sa.UniqueConstraint(
            "delivery_id", "on_day", "reason", name=op.f("uq_refusal_of_units_delivery_id_on_day_reason")
        ),
    )
    with op.batch_alter_table("refusal_of_units", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_refusal_of_units_delivery_id"), ["delivery_id"], unique=False)


def downgrade() -> None:
    drop_triggers(op.get_bind())
    with op.batch_alter_table("refusal_of_units", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_refusal_of_units_delivery_id"))

    op.drop_table("refusal_of_units")
    with op.batch_alter_table("claim_unit", schema=None) as batch_op:
        batch_op.drop_index("uq_claim_unit_once", sqlite_where=sa.text("live"), postgresql_where=sa.text("live"))
        batch_op.drop_index(batch_op.f("ix_claim_unit_delivery_id"))
        batch_op.drop_index(batch_op.f("ix_claim_unit_claim_line_id"))

    op.drop_table("claim_unit")
    with op.batch_alter_table("invoice_act", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_invoice_act_act_id"))

    op.drop_table("invoice_act")
    with op.batch_alter_table("delivery", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_delivery_once", sqlite_where=sa.text("NOT cancelled"), postgresql_where=sa.text("NOT cancelled")
        )
        batch_op.drop_index("ix_delivery_case")
        batch_op.drop_index(batch_op.f("ix_delivery_assignment_id"))
        batch_op.drop_index(batch_op.f("ix_delivery_act_id"))

    op.drop_table("delivery")
    with op.batch_alter_table("claim_line", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_claim_line_claim_id"))
        batch_op.drop_index("ix_claim_line_case")

    op.drop_table("claim_line")
    with op.batch_alter_table("acceptance_act", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_acceptance_act_case_id"))
        batch_op.drop_index(batch_op.f("ix_acceptance_act_assignment_id"))

    op.drop_table("acceptance_act")
    with op.batch_alter_table("assignment", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_assignment_provider_id"))
        batch_op.drop_index(batch_op.f("ix_assignment_plan_line_id"))
        batch_op.drop_index(batch_op.f("ix_assignment_contract_line_id"))
        batch_op.drop_index(batch_op.f("ix_assignment_case_id"))

    op.drop_table("assignment")
    with op.batch_alter_table("special_care_opinion", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_special_care_opinion_person_id"))

    op.drop_table("special_care_opinion")
    with op.batch_alter_table("relation", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_relation_child_id"))
        batch_op.drop_index(batch_op.f("ix_relation_adult_id"))

    op.drop_table("relation")
    with op.batch_alter_table("plan_line", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_plan_line_plan_id"))

    op.drop_table("plan_line")
    with op.batch_alter_table("disability", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_disability_person_id"))

    op.drop_table("disability")
    with op.batch_alter_table("contract_line", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_contract_line_contract_id"))

    op.drop_table("contract_line")
    with op.batch_alter_table("confirmed_guard", schema=None) as batch_op:
        batch_op.drop_index("ix_confirmed_guard_case")

    op.drop_table("confirmed_guard")
    with op.batch_alter_table("assessment", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_assessment_case_id"))

    op.drop_table("assessment")
    with op.batch_alter_table("application", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_application_case_id"))

    op.drop_table("application")
    with op.batch_alter_table("transition_log", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_transition_log_case_id"))

    op.drop_table("transition_log")
    with op.batch_alter_table("task", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_task_user_id"))
        batch_op.drop_index("ix_task_role")
        batch_op.drop_index("ix_task_open")

    op.drop_table("task")
    with op.batch_alter_table("plan", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_plan_case_id"))

    op.drop_table("plan")
    with op.batch_alter_table("document", schema=None) as batch_op:
        batch_op.drop_index("ix_document_case")

    op.drop_table("document")
    with op.batch_alter_table("decision", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_decision_case_id"))

    op.drop_table("decision")
    with op.batch_alter_table("contract", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_contract_provider_id"))
        batch_op.drop_index(batch_op.f("ix_contract_municipality_id"))

    op.drop_table("contract")
    op.drop_table("unit_cost")
    with op.batch_alter_table("sign_in", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sign_in_user_id"))

    op.drop_table("sign_in")
    op.drop_table("setting")
    with op.batch_alter_table("register_entry", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_register_entry_provider_id"))

    op.drop_table("register_entry")
    with op.batch_alter_table("payment", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_payment_claim_id"))

    op.drop_table("payment")
    with op.batch_alter_table("invoice", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_invoice_provider_id"))

    op.drop_table("invoice")
    with op.batch_alter_table("case", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_case_open",
            sqlite_where=sa.text("state NOT IN ('rejected', 'withdrawn', 'closed')"),
            postgresql_where=sa.text("state NOT IN ('rejected', 'withdrawn', 'closed')"),
        )
        batch_op.drop_index("ix_case_worker")
        batch_op.drop_index("ix_case_waits")
        batch_op.drop_index("ix_case_touched")
        batch_op.drop_index("ix_case_state")
        batch_op.drop_index("ix_case_since")
        batch_op.drop_index(batch_op.f("ix_case_person_id"))
        batch_op.drop_index("ix_case_no")
        batch_op.drop_index("ix_case_due")

    op.drop_table("case")
    op.drop_table("band")
    with op.batch_alter_table("user", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_user_municipality_id"))

    op.drop_table("user")
    with op.batch_alter_table("service", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_service_programme_code"))

    op.drop_table("service")
    with op.batch_alter_table("provider", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_provider_registration_no"))
        batch_op.drop_index("ix_provider_folded")

    op.drop_table("provider")
    with op.batch_alter_table("procurement", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_procurement_municipality_id"))

    op.drop_table("procurement")
    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_person_registered_municipality_id"))
        batch_op.drop_index(batch_op.f("ix_person_personal_code"))
        batch_op.drop_index("ix_person_folded")
        batch_op.drop_index(batch_op.f("ix_person_family_id"))

    op.drop_table("person")
    with op.batch_alter_table("claim", schema=None) as batch_op:
        batch_op.drop_index("ix_claim_list")

    op.drop_table("claim")
    op.drop_table("cap")
    op.drop_table("unit")
    with op.batch_alter_table("stored_file", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_stored_file_sha256"))

    op.drop_table("stored_file")
    with op.batch_alter_table("sign_in_attempt", schema=None) as batch_op:
        batch_op.drop_index("ix_attempt_address")
        batch_op.drop_index("ix_attempt_account")

    op.drop_table("sign_in_attempt")
    op.drop_table("rule_set")
    op.drop_table("programme")
    op.drop_table("number_series")
    op.drop_table("municipality")
    op.drop_table("holiday")
    op.drop_table("family")
