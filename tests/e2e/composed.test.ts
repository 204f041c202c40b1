import { execFile, spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { startPostgres } from '@tellwire/embedded-postgres'
import { eventually, findFreePort, startProcess } from '@tellwire/testing'
import pg from 'pg'
import { expect, test } from 'vitest'
import { parse } from 'yaml'

interface Service {
  command: string[]
  environment: Record<string, string | number | null>
}

const run = promisify(execFile)
const root = fileURLToPath(new URL('../../', import.meta.url))
const { services } = parse(readFileSync(join(root, 'docker-compose.yml'), 'utf8'), { merge: true }) as {
  services: Record<'redis' | 'migrate' | 'api' | 'worker', Service>
}

/** What people choose, and generators make. */
const passwords = {
  database_owner_password: 'own/er#1?@:%25&é',
  database_app_password: 'a#p/p "q" \\ $x',
  database_engine_password: "eng/ine#'%41+=",
  redis_password: 'r/e#d"is\\ %41',
}

test('the services run as docker-compose.yml sets them up, whatever stands in their passwords', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tellwire-composed-'))
  for (const name of ['secrets', 'files', 'redis']) mkdirSync(join(folder, name))
  const secrets = {
    ...passwords,
    secret_key: Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString('base64'),
  }
  for (const [name, secret] of Object.entries(secrets)) writeFileSync(join(folder, 'secrets', name), `${secret}\n`)
  const postgres = await startPostgres({
    dataDir: join(folder, 'postgres'),
    logFile: join(folder, 'postgres.log'),
    password: passwords.database_owner_password,
  })
  const owner = new pg.Client({ connectionString: postgres.url() })
  await owner.connect()
  await owner.query('CREATE DATABASE tellwire')
  const redisPort = await findFreePort()
  const ports = {
    PORT: await findFreePort(),
    METRICS_PORT: await findFreePort(),
    API_METRICS_PORT: await findFreePort(),
  }
  /** Where on this machine is what compose would put into containers. */
  const places: Record<string, string> = {
    'tellwire@postgres:5432': `${new URL(postgres.url()).username}@127.0.0.1:${postgres.port}`,
    'postgres:5432': `127.0.0.1:${postgres.port}`,
    'redis:6379': `127.0.0.1:${redisPort}`,
    '/run/secrets': join(folder, 'secrets'),
    '/files': join(folder, 'files'),
    '--dir /data': `--dir ${join(folder, 'redis')}`,
    '/tmp': folder,
    $$: '$',
  }
  const named = new RegExp(Object.keys(places).join('|').replaceAll('$', '\\$'), 'g')
  const place = (text: string): string => text.replace(named, (name) => places[name] ?? name)
  const environmentOf = ({ environment }: Service): Record<string, string> =>
    Object.fromEntries(
      Object.entries({ ...environment, ...ports }).flatMap(([name, value]) =>
        value === null ? [] : [[name, place(String(value))]],
      ),
    )
  const [shell = '', flags = '', script = ''] = services.redis.command.map(place)
  const redisServer = spawn(shell, [flags, `${script.trim()} --port ${redisPort} --bind 127.0.0.1`], {
    stdio: 'ignore',
  })
  const redisEnded = new Promise((resolve) => redisServer.once('exit', resolve))
  const program = (name: string): string => join(root, 'apps', name)

  await run(process.execPath, [program('api/dist/migrate.js')], { env: environmentOf(services.migrate) })
  const api = await startProcess(program('api/bundle/main.js'), environmentOf(services.api))
  const worker = await startProcess(program('worker/bundle/main.js'), environmentOf(services.worker))
  const { stdout: adminKey } = await run(process.execPath, [program('api/dist/issue-admin-key.js')], {
    env: environmentOf(services.api),
  })

  const statusOf = async (port: number, path: string) => (await fetch(`http://127.0.0.1:${port}${path}`)).status
  expect(await statusOf(ports.PORT, '/readyz')).toBe(200)
  expect(await statusOf(ports.API_METRICS_PORT, '/metrics')).toBe(200)
  expect(await statusOf(ports.METRICS_PORT, '/metrics')).toBe(200)
  const tenant = await fetch(`http://127.0.0.1:${ports.PORT}/admin/v1/tenants`, {
    method: 'POST',
    headers: { authorization: `Bearer ${adminKey.trim()}`, 'content-type': 'application/json' },
    body: '{"name": "Acme"}',
  })
  expect(tenant.status).toBe(201)
  await eventually(() => existsSync(join(folder, 'heartbeat')))
  const { rows: roles } = await owner.query<{ usename: string }>(
    "SELECT DISTINCT usename FROM pg_stat_activity WHERE application_name LIKE 'tellwire-%' ORDER BY 1",
  )
  expect(roles.map(({ usename }) => usename)).toContain('tellwire_engine')
  const redis = async (password: string, ...args: string[]) =>
    (await run('redis-cli', ['-p', String(redisPort), ...args], { env: { REDISCLI_AUTH: password } })).stdout
  expect(await redis('', 'PING')).toContain('NOAUTH')
  expect(await redis(passwords.redis_password, 'DBSIZE')).toMatch(/^[1-9]/)
  expect(await redis(passwords.redis_password, 'CONFIG', 'GET', 'appendonly')).toContain('yes')
  for (const secret of [...Object.values(secrets), encodeURIComponent(passwords.database_app_password)]) {
    expect(api.output() + worker.output()).not.toContain(secret)
  }

  await Promise.all([api.stop(), worker.stop()])
  redisServer.kill()
  await Promise.all([redisEnded, owner.end()])
  await postgres.stop()
  rmSync(folder, { recursive: true })
})
