-- Two roles: heqiao_owner migrates, heqiao_app serves. Run as a superuser on the shop's database, after each migrate:
--   psql -v app_password="'…'" -v owner_password="'…'" -f deploy/roles.sql heqiao
SELECT 'CREATE ROLE heqiao_owner LOGIN' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'heqiao_owner') \gexec
SELECT 'CREATE ROLE heqiao_app LOGIN' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'heqiao_app') \gexec
\if :{?owner_password}
ALTER ROLE heqiao_owner PASSWORD :owner_password;
\endif
\if :{?app_password}
ALTER ROLE heqiao_app PASSWORD :app_password;
\endif
GRANT USAGE, CREATE ON SCHEMA public TO heqiao_owner;
GRANT USAGE ON SCHEMA public TO heqiao_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO heqiao_app;
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO heqiao_app;
-- What is written once (ledger, audit trail, moves of orders, decisions, events of lots and live rooms) and never again:
-- every table that a trigger protects.
SELECT format('REVOKE UPDATE, DELETE, TRUNCATE ON %s FROM heqiao_app', tgrelid::regclass)
  FROM pg_trigger WHERE tgname LIKE '%\_append\_only' ORDER BY 1 \gexec
