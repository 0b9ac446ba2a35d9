"""The platform decides after-sales cases that the sides can't settle; each step has its time."""

from datetime import date
from typing import Any

import django.db.models.deletion
from django.db import migrations, models

from shop.core.append_only import protected


def _begin(apps: Any, _editor: Any) -> None:
    """Write the first row of times, and what the cases that were decided before gave back."""
    apps.get_model("sales", "AfterSaleTerms").objects.create(since=date(2026, 1, 1))
    cases = apps.get_model("sales", "AfterSale").objects
    cases.filter(kind="return").update(needs_return=True)
    refunds = apps.get_model("sales", "Refund").objects.filter(key__startswith="after-sale:")
    for key, amount in refunds.values_list("key", "amount_fen"):
        cases.filter(pk=int(key.removeprefix("after-sale:"))).update(agreed_fen=amount)


class Migration(migrations.Migration):
    dependencies = [
        ("sales", "0013_money_received"),
    ]

    operations = [
        migrations.CreateModel(
            name="AfterSaleTerms",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("since", models.DateField(unique=True)),
                (
                    "answer_hours",
                    models.PositiveSmallIntegerField(
                        default=48,
                        help_text="After that the case goes to the platform.",
                        verbose_name="Hours for the supplier to answer",
                    ),
                ),
                (
                    "offer_hours",
                    models.PositiveSmallIntegerField(
                        default=72,
                        help_text="After that the offer is paid.",
                        verbose_name="Hours for the buyer to answer an offer",
                    ),
                ),
                (
                    "appeal_hours",
                    models.PositiveSmallIntegerField(
                        default=168,
                        help_text="After a refusal or an offer.",
                        verbose_name="Hours for the buyer to ask the platform",
                    ),
                ),
                (
                    "decide_hours",
                    models.PositiveSmallIntegerField(
                        default=72,
                        help_text="Said to both sides.",
                        verbose_name="Hours within which the platform decides",
                    ),
                ),
                (
                    "send_back_hours",
                    models.PositiveSmallIntegerField(
                        default=168,
                        help_text="After that the case ends.",
                        verbose_name="Hours for the buyer to send goods back",
                    ),
                ),
                (
                    "confirm_hours",
                    models.PositiveSmallIntegerField(
                        default=240,
                        help_text="Since it was sent; after that the money goes back.",
                        verbose_name="Hours for the supplier to confirm a return",
                    ),
                ),
                ("source", models.CharField(blank=True, max_length=200, verbose_name="Document or decision")),
            ],
            options={
                "verbose_name": "times of after-sales",
                "verbose_name_plural": "times of after-sales",
                "ordering": ["-since"],
            },
        ),
        migrations.CreateModel(
            name="CaseDecision",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "verdict",
                    models.CharField(
                        choices=[
                            ("refund", "Give money back, nothing to send back"),
                            ("return", "Money back once the goods are returned"),
                            ("dismiss", "Nothing is given back"),
                        ],
                        max_length=10,
                    ),
                ),
                ("amount_fen", models.BigIntegerField()),
                ("most_fen", models.BigIntegerField(help_text="What could be granted then")),
                ("reason", models.CharField(max_length=500)),
                ("decided_by_id", models.BigIntegerField()),
                ("decided_at", models.DateTimeField()),
            ],
            options={
                "ordering": ["decided_at", "pk"],
            },
        ),
        migrations.CreateModel(
            name="CaseMove",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("from_state", models.CharField(blank=True, max_length=12)),
                ("to_state", models.CharField(max_length=12)),
                (
                    "side",
                    models.CharField(
                        choices=[
                            ("buyer", "Buyer"),
                            ("supplier", "Supplier"),
                            ("platform", "Platform"),
                            ("time", "By time"),
                        ],
                        max_length=10,
                    ),
                ),
                ("amount_fen", models.BigIntegerField(default=0)),
                ("actor_id", models.BigIntegerField(blank=True, null=True)),
                ("at", models.DateTimeField()),
            ],
            options={
                "ordering": ["at", "pk"],
            },
        ),
        migrations.RemoveConstraint(
            model_name="aftersale",
            name="after_sale_one_open",
        ),
        migrations.RenameField(model_name="aftersale", old_name="answer_by", new_name="due_at"),
        migrations.AddField(
            model_name="aftersale",
            name="agreed_fen",
            field=models.BigIntegerField(default=0, help_text="Offered by the supplier, or granted"),
        ),
        migrations.AddField(
            model_name="aftersale",
            name="asked_at",
            field=models.DateTimeField(blank=True, help_text="Since when it is with the platform", null=True),
        ),
        migrations.AddField(
            model_name="aftersale",
            name="back_carrier",
            field=models.CharField(blank=True, max_length=20),
        ),
        migrations.AddField(
            model_name="aftersale",
            name="back_tracking_no",
            field=models.CharField(blank=True, max_length=40),
        ),
        migrations.AddField(
            model_name="aftersale",
            name="dispute",
            field=models.CharField(
                blank=True, help_text="What the supplier says of the returned goods", max_length=300
            ),
        ),
        migrations.AlterField(
            model_name="aftersale",
            name="due_at",
            field=models.DateTimeField(blank=True, help_text="Until when whoever's turn it is has time", null=True),
        ),
        migrations.AddField(
            model_name="aftersale",
            name="needs_return",
            field=models.BooleanField(default=False, help_text="The money follows once the goods came back"),
        ),
        migrations.AddField(
            model_name="aftersale",
            name="plea",
            field=models.CharField(blank=True, help_text="The buyer's words to the platform", max_length=300),
        ),
        migrations.AddField(
            model_name="aftersale",
            name="sent_back_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="aftersalepicture",
            name="side",
            field=models.CharField(
                choices=[("buyer", "Buyer"), ("supplier", "Supplier"), ("platform", "Platform"), ("time", "By time")],
                default="buyer",
                max_length=10,
            ),
        ),
        migrations.AddField(
            model_name="linefacts",
            name="damage_covered",
            field=models.BooleanField(default=True, help_text="坏果包赔: the supplier's promise, as it was then"),
        ),
        migrations.AlterField(
            model_name="aftersale",
            name="answer",
            field=models.CharField(blank=True, help_text="The supplier's", max_length=300),
        ),
        migrations.AlterField(
            model_name="aftersale",
            name="state",
            field=models.CharField(
                choices=[
                    ("open", "Waiting for the supplier"),
                    ("offered", "The supplier offers a part"),
                    ("refused", "Refused"),
                    ("arbitration", "With the platform"),
                    ("to_return", "To be sent back"),
                    ("returning", "On its way back"),
                    ("approved", "Approved"),
                    ("dismissed", "Dismissed by the platform"),
                    ("lapsed", "Not sent back in time"),
                    ("withdrawn", "Withdrawn"),
                ],
                default="open",
                max_length=12,
            ),
        ),
        migrations.AddIndex(
            model_name="aftersale",
            index=models.Index(
                condition=models.Q(("state__in", ("open", "offered", "arbitration", "to_return", "returning"))),
                fields=["due_at"],
                name="after_sale_due",
            ),
        ),
        migrations.AddIndex(
            model_name="aftersale",
            index=models.Index(
                condition=models.Q(("state", "arbitration")), fields=["asked_at"], name="after_sale_asked"
            ),
        ),
        migrations.AddConstraint(
            model_name="aftersale",
            constraint=models.CheckConstraint(
                condition=models.Q(("agreed_fen__gte", 0), ("agreed_fen__lte", models.F("amount_fen"))),
                name="after_sale_grants_what_was_asked",
            ),
        ),
        migrations.AddConstraint(
            model_name="aftersale",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ("open", "offered", "arbitration", "to_return", "returning"))),
                fields=("line",),
                name="after_sale_one_open",
            ),
        ),
        migrations.AddConstraint(
            model_name="aftersaleterms",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("answer_hours__gt", 0),
                    ("appeal_hours__gt", 0),
                    ("confirm_hours__gt", 0),
                    ("decide_hours__gt", 0),
                    ("offer_hours__gt", 0),
                    ("send_back_hours__gt", 0),
                ),
                name="after_sale_terms_positive",
            ),
        ),
        migrations.AddField(
            model_name="casedecision",
            name="case",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="decisions", to="sales.aftersale"
            ),
        ),
        migrations.AddField(
            model_name="casemove",
            name="case",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="moves", to="sales.aftersale"
            ),
        ),
        migrations.AddConstraint(
            model_name="casedecision",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount_fen__gte", 0), ("amount_fen__lte", models.F("most_fen"))),
                name="decision_within_what_is_due",
            ),
        ),
        migrations.RunPython(_begin, migrations.RunPython.noop),
        protected("sales_casedecision"),
    ]
