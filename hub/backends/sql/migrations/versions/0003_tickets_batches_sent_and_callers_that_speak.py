"""tickets of deliveries, batches that go out, callers in an adapter's vocabulary"""

from alembic import op
import sqlalchemy as sa


revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')


def upgrade() -> None:
    with op.batch_alter_table('spoke') as batch_op:
        batch_op.add_column(sa.Column('speaks', sa.String(length=40), nullable=True))
    with op.batch_alter_table('delivery') as batch_op:
        batch_op.add_column(sa.Column('part', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('ticket', sa.String(length=200), nullable=True))
    op.create_table('batch_sent',
    sa.Column('message_id', _ID, nullable=False),
    sa.Column('name', sa.String(length=60), nullable=False),
    sa.Column('period', sa.String(length=8), nullable=False),
    sa.Column('count', sa.Integer(), nullable=False),
    sa.Column('parts', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['message_id'], ['message.id'], name=op.f('fk_batch_sent_message_id')),
    sa.PrimaryKeyConstraint('message_id', name=op.f('pk_batch_sent'))
    )
    op.create_index(op.f('ix_batch_sent_name_period'), 'batch_sent', ['name', 'period'])
    op.create_table('record_sent',
    sa.Column('batch_id', _ID, nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('delivery_id', _ID, nullable=False),
    sa.Column('key_hash', sa.LargeBinary(length=32), nullable=False),
    sa.Column('case_id', _ID, nullable=True),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('code', sa.String(length=40), nullable=True),
    sa.Column('settled_at', sa.BigInteger(), nullable=True),
    sa.ForeignKeyConstraint(['batch_id'], ['batch_sent.message_id'], name=op.f('fk_record_sent_batch_id')),
    sa.PrimaryKeyConstraint('batch_id', 'number', name=op.f('pk_record_sent')),
    sqlite_with_rowid=False
    )
    op.create_index(op.f('ix_record_sent_key_hash'), 'record_sent', ['key_hash'])
    op.create_index(op.f('ix_record_sent_delivery_id'), 'record_sent', ['delivery_id'])
    op.create_table('schedule_run',
    sa.Column('name', sa.String(length=60), nullable=False),
    sa.Column('period', sa.String(length=8), nullable=False),
    sa.Column('no', sa.Integer(), nullable=False),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.Column('after', sa.String(length=200), nullable=False),
    sa.Column('done', sa.SmallInteger(), nullable=False),
    sa.Column('batch_id', _ID, nullable=True),
    sa.PrimaryKeyConstraint('name', 'period', 'no', name=op.f('pk_schedule_run'))
    )


def downgrade() -> None:
    op.drop_table('schedule_run')
    op.drop_table('record_sent')
    op.drop_table('batch_sent')
    with op.batch_alter_table('delivery') as batch_op:
        batch_op.drop_column('ticket')
        batch_op.drop_column('part')
    with op.batch_alter_table('spoke') as batch_op:
        batch_op.drop_column('speaks')
