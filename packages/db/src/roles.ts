import pg from 'pg'
import { engineSettings } from './client.js'

export const appRole = 'tellwire_app'
export const engineRole = 'tellwire_engine'

/** The tables that no tenant's request has to do with. */
const serviceTables = ['admin_keys', 'lasting_keys', 'workers', 'duties', 'event_cursors', 'updates', 'update_receipts']

/** The engine's connection also carries BullMQ's queues, where they live in Postgres; it makes a sequence for each. */
const queueGrants = [
  `GRANT USAGE, CREATE ON SCHEMA bullmq TO ${engineRole}`,
  `GRANT ALL ON ALL TABLES IN SCHEMA bullmq TO ${engineRole}`,
  `GRANT ALL ON ALL SEQUENCES IN SCHEMA bullmq TO ${engineRole}`,
  `GRANT ALL ON ALL ROUTINES IN SCHEMA bullmq TO ${engineRole}`,
]

/**
 * Makes the two roles that the services use, or sets their passwords and rights again:
 * `tellwire_app` serves one tenant's request at a time, and sees that tenant's rows; `tellwire_engine` is the
 * service itself, which accepts, delivers and serves admins. Without passwords it gives the roles their rights, where they exist: new
 * tables need them. `url` needs a role that may create roles.
 */
export async function ensureRoles(url: string, passwords?: { app: string; engine: string }): Promise<void> {
  const client = new pg.Client({ connectionString: url, application_name: 'tellwire-roles' })
  await client.connect()
  try {
    const { rows } = await client.query('SELECT FROM pg_roles WHERE rolname IN ($1, $2)', [appRole, engineRole])
    if (!passwords && rows.length < 2) return
    const statements = [
      ...(passwords
        ? [
            ...createRole(appRole, passwords.app, 'NOBYPASSRLS'),
            ...createRole(engineRole, passwords.engine, 'BYPASSRLS'),
          ]
        : []),
      // Said on every connection too; a pooler may not pass that on.
      `ALTER ROLE ${appRole} SET timezone = 'UTC'`,
      `ALTER ROLE ${appRole} SET statement_timeout = '30s'`,
      ...[appRole, engineRole].map((role) => `ALTER ROLE ${role} SET idle_in_transaction_session_timeout = '30s'`),
      ...engineSettings.map(([name, value]) => `ALTER ROLE ${engineRole} SET ${name} = '${value}'`),
      ...[appRole, engineRole].map(boundTransactions),
      `GRANT USAGE ON SCHEMA public TO ${appRole}, ${engineRole}`,
      `GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO ${appRole}, ${engineRole}`,
      `REVOKE ALL ON ${serviceTables.join(', ')} FROM ${appRole}`,
      `REVOKE INSERT, UPDATE, DELETE ON service_settings FROM ${appRole}`,
      `REVOKE INSERT, DELETE ON tenants FROM ${appRole}`,
      `GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO ${appRole}, ${engineRole}`,
      // The policies of a table do not hold where one of its partitions is named, nor in what acts as its owner.
      revokeOfEach('TABLE', "pg_class WHERE relispartition AND relkind = 'r' AND relnamespace", 'regclass'),
      revokeOfEach('ROUTINE', 'pg_proc WHERE prosecdef AND pronamespace', 'regprocedure'),
      ...queueGrants.map((grant) => ifQueueExists(grant)),
    ]
    await client.query(statements.join(';\n'))
  } finally {
    await client.end()
  }
}

function revokeOfEach(kind: string, those: string, type: string): string {
  return `DO $$
    DECLARE each ${type};
    BEGIN
      FOR each IN SELECT oid::${type} FROM ${those} = 'public'::regnamespace LOOP
        EXECUTE format('REVOKE ALL ON ${kind} %s FROM ${appRole}', each);
      END LOOP;
    END $$`
}

/** Events are read below the oldest transaction that is open, so that none may stay open; Postgres sees to it since 17. */
function boundTransactions(role: string): string {
  return `DO $$ BEGIN
    IF current_setting('server_version_num')::int >= 170000 THEN ALTER ROLE ${role} SET transaction_timeout = '60s'; END IF;
  END $$`
}

function ifQueueExists(statement: string): string {
  return `DO $$ BEGIN IF EXISTS (SELECT FROM pg_namespace WHERE nspname = 'bullmq') THEN ${statement}; END IF; END $$`
}

function createRole(role: string, password: string, rowSecurity: string): string[] {
  const secret = pg.escapeLiteral(password)
  return [
    `DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '${role}') THEN CREATE ROLE ${role}; END IF; END $$`,
    `ALTER ROLE ${role} LOGIN ${rowSecurity} PASSWORD ${secret}`,
  ]
}
