"""further keys of cases"""

from alembic import op
import sqlalchemy as sa


revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None


def upgrade() -> None:
    id_ = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
    op.create_table('case_name',
    sa.Column('hash', sa.LargeBinary(length=32), nullable=False),
    sa.Column('case_id', id_, nullable=False),
    sa.ForeignKeyConstraint(['case_id'], ['case_file.id'], name=op.f('fk_case_name_case_id')),
    sa.PrimaryKeyConstraint('hash', name=op.f('pk_case_name')),
    sqlite_with_rowid=False
    )
    op.create_index(op.f('ix_case_name_case_id'), 'case_name', ['case_id'])


def downgrade() -> None:
    op.drop_table('case_name')
