from tortoise import migrations
from tortoise.migrations import operations as ops
import functools
from json import dumps, loads
from tortoise.fields.base import OnDelete
from tortoise import fields

from models.adding import AddColumn

class Migration(migrations.Migration):
    dependencies = [('antichambre', '0002_guards')]

    initial = False

    operations = [
        ops.CreateModel(
            name='MailText',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('provider', fields.ForeignKeyField('antichambre.Provider', source_field='provider_id', db_constraint=True, to_field='id', related_name='mail_texts', on_delete=OnDelete.RESTRICT)),
                ('name', fields.CharField(max_length=40)),
                ('language', fields.CharField(max_length=2)),
                ('subject', fields.TextField(unique=False)),
                ('body', fields.TextField(unique=False)),
                ('version', fields.IntField(default=1)),
                ('changed_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'mail_text', 'app': 'antichambre', 'unique_together': (('provider_id', 'name', 'language'),), 'pk_attr': 'id', 'table_description': "One mail as a provider rewrote it in one language, absent: the product's own text."},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='RecoveryCode',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('operator', fields.ForeignKeyField('antichambre.Operator', source_field='operator_id', db_constraint=True, to_field='id', related_name='recovery_codes', on_delete=OnDelete.RESTRICT)),
                ('digest', fields.CharField(max_length=64)),
                ('used_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'recovery_code', 'app': 'antichambre', 'unique_together': (('operator_id', 'digest'),), 'pk_attr': 'id', 'table_description': 'One way in without the second factor, used once.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='RequirementsDraft',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('provider', fields.OneToOneField('antichambre.Provider', source_field='provider_id', db_constraint=True, to_field='id', related_name='draft', on_delete=OnDelete.RESTRICT)),
                ('base', fields.IntField()),
                ('version', fields.IntField(default=1)),
                ('content', fields.JSONField(encoder=functools.partial(dumps, separators=(',', ':')), decoder=loads)),
                ('changed_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('changed_by', fields.CharField(default='', max_length=160)),
            ],
            options={'table': 'requirements_draft', 'app': 'antichambre', 'pk_attr': 'id', 'table_description': 'What an admin is composing: nobody is asked it before it is published.'},
            bases=['Model'],
        ),
        AddColumn(
            model_name='Bot',
            name='retired_at',
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        AddColumn(
            model_name='DocumentType',
            name='example_id',
            field=fields.CharField(null=True, max_length=32),
        ),
        AddColumn(
            model_name='Provider',
            name='declared_activities',
            field=fields.JSONField(null=True, encoder=functools.partial(dumps, separators=(',', ':')), decoder=loads),
        ),
        AddColumn(
            model_name='Provider',
            name='logo_file_id',
            field=fields.CharField(null=True, max_length=32),
        ),
        AddColumn(
            model_name='Provider',
            name='sender_name',
            field=fields.CharField(null=True, max_length=120),
        ),
        AddColumn(
            model_name='Provider',
            name='signature',
            field=fields.JSONField(null=True, encoder=functools.partial(dumps, separators=(',', ':')), decoder=loads),
        ),
        AddColumn(
            model_name='StoredFile',
            name='provider_id',
            field=fields.CharField(null=True, max_length=16),
        ),
        AddColumn(
            model_name='Tombstone',
            name='source',
            field=fields.CharField(null=True, max_length=40),
        ),
    ]
