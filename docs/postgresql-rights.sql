-- The rights of the role "latchkey", which the bots use: it reads and writes rows, makes no tables, and cannot change or
-- delete an entry of the audit log. Run by the role that owns the database, after each "npx latchkey migrate".

revoke all on schema public from public;
grant usage on schema public, wake to latchkey;
grant select, insert, update, delete on all tables in schema public, wake to latchkey;
grant usage, select on all sequences in schema public, wake to latchkey;

revoke update, delete on audit, audit_person from latchkey;
revoke insert, delete on audit_head from latchkey;
revoke insert, update, delete on kysely_migration, kysely_migration_lock from latchkey;
