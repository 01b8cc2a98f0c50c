import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdir, readFile, realpath, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { syncFolder, writeDurably } from './durable.ts'
import { codeOf, messageOf, Trouble } from './trouble.ts'
import type { Runner } from './unprivileged.ts'

const run = promisify(execFile)

/** Of the three login roles. Kept beside the cluster, mode 600. */
export interface Passwords {
  postgres: string
  assay_owner: string
  assay_app: string
}

export type Role = keyof Passwords

/**
 * `listen_addresses` and no socket: a socket's path may not exceed 107 bytes, a folder's may. Statements and
 * details stay out of the log, because they hold pupils' texts. `jit` off: our queries are short. Nothing
 * replicates, so `wal_level` is minimal; `fsync` and `synchronous_commit` stay on.
 */
const settings = `# Written by the program at each start: a change here is lost.
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
max_connections = 50
superuser_reserved_connections = 3
password_encryption = 'scram-sha-256'
shared_buffers = '48MB'
work_mem = '8MB'
maintenance_work_mem = '64MB'
max_prepared_transactions = 0
wal_level = minimal
max_wal_senders = 0
max_wal_size = '256MB'
min_wal_size = '32MB'
checkpoint_timeout = '15min'
fsync = on
synchronous_commit = on
autovacuum = on
autovacuum_max_workers = 2
max_worker_processes = 4
max_parallel_workers_per_gather = 0
jit = off
bgwriter_lru_maxpages = 50
timezone = 'UTC'
log_timezone = 'UTC'
log_destination = 'stderr'
log_line_prefix = '%m [%p] '
log_min_messages = warning
log_min_error_statement = panic
log_error_verbosity = terse
log_checkpoints = off
tcp_keepalives_idle = 60
`

const access = `# Written by the program at each start: a change here is lost.
host all all 127.0.0.1/32 scram-sha-256
`

const passwordsFile = (cluster: string) => `${cluster}-passwords.json`

export async function readPasswords(cluster: string): Promise<Passwords> {
  try {
    return JSON.parse(await readFile(passwordsFile(cluster), 'utf8')) as Passwords
  } catch (error) {
    throw new Trouble(
      'The passwords of the database cannot be read.',
      `${passwordsFile(cluster)}: ${messageOf(error)}`,
      'Put the file back from your backup of the data folder; it belongs to the database beside it.',
      error,
    )
  }
}

/** The major version of the cluster in a folder, or null when there is none. */
export async function clusterVersion(cluster: string): Promise<number | null> {
  const text = await readFile(join(cluster, 'PG_VERSION'), 'utf8').catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return null
    throw error
  })
  return text === null ? null : Number.parseInt(text, 10)
}

/** Makes the cluster where there is none; a cluster is there whole or not at all. */
export async function ensureCluster(cluster: string, runner: Runner): Promise<void> {
  const version = await clusterVersion(cluster)
  if (version === null) return create(cluster, runner)
  if (version !== runner.binaries.major) {
    throw new Trouble(
      `The database in ${cluster} cannot be opened.`,
      `PostgreSQL ${version} wrote it, and this program brings PostgreSQL ${runner.binaries.major}.`,
      'Export your batches with the version of the program that made the folder, then import them here; the folder is unchanged.',
    )
  }
}

async function create(cluster: string, runner: Runner): Promise<void> {
  const real = await realpath(cluster).catch(() => cluster)
  const fresh = `${real}.new`
  // What a start that was cut short has left.
  await rm(fresh, { recursive: true, force: true })
  const random = () => randomBytes(32).toString('base64url')
  const passwords: Passwords = { postgres: random(), assay_owner: random(), assay_app: random() }
  await mkdir(fresh, { mode: 0o700 })
  const pwfile = join(fresh, 'password')
  await writeFile(pwfile, passwords.postgres, { mode: 0o600 })
  await mkdir(join(fresh, 'cluster'), { mode: 0o700 })
  await runner.own(fresh)
  const locale =
    runner.binaries.major >= 17
      ? ['--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C']
      : ['--locale=C.UTF-8']
  const { file, args, ...as } = runner.command(runner.binaries.initdb, [
    `--pgdata=${join(fresh, 'cluster')}`,
    '--username=postgres',
    `--pwfile=${pwfile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--data-checksums',
    '--no-instructions',
    '--text-search-config=simple',
    ...locale,
  ])
  try {
    await run(file, args, { ...as, cwd: '/', env: bareEnvironment })
  } catch (error) {
    await rm(fresh, { recursive: true, force: true })
    throw troubleOf(
      cluster,
      'The database could not be made',
      String((error as { stderr?: string }).stderr ?? error),
    )
  }
  await writeDurably(passwordsFile(cluster), `${JSON.stringify(passwords, null, 2)}\n`)
  await rename(join(fresh, 'cluster'), real)
  await syncFolder(dirname(real))
  await rm(fresh, { recursive: true, force: true })
}

/** PostgreSQL needs nothing of our environment, and what is in it (tokens, keys) is none of its business. */
export const bareEnvironment: NodeJS.ProcessEnv = {
  PATH: process.env.PATH ?? '/usr/bin:/bin',
  LC_ALL: 'C',
  TZ: 'UTC',
  ...(process.platform === 'win32' ? { SystemRoot: process.env.SystemRoot } : {}),
}

/** Writes the settings; a test may add lines, such as `fsync = off`. */
export async function writeSettings(cluster: string, runner: Runner, more = ''): Promise<void> {
  const real = await realpath(cluster)
  for (const [name, content] of [
    ['postgresql.conf', settings + more],
    ['pg_hba.conf', access],
  ] as const) {
    const path = join(real, name)
    if ((await readFile(path, 'utf8').catch(() => '')) === content) continue
    await writeDurably(path, content)
    await runner.own(path)
  }
}

/** Turns what PostgreSQL printed into what the reader can do. */
export function troubleOf(cluster: string, what: string, output: string): Trouble {
  const text = output.trim()
  const last = text.split('\n').findLast((line) => /FATAL|PANIC|error:|ERROR|could not/.test(line)) ?? text
  const reason = last.replace(/^.*?(FATAL|PANIC|ERROR|error): +/, '') || 'PostgreSQL gave no reason.'
  const remedy = /No space left on device|Disk quota exceeded/.test(text)
    ? `Make room on the disk of ${cluster} and start again; nothing that was acknowledged is lost.`
    : /Permission denied/.test(text)
      ? `Start the program as the user who owns ${cluster}.`
      : /shared memory|semaphores/.test(text)
        ? 'Stop other databases on this machine, or raise its limits for shared memory, and start again.'
        : `Read ${cluster}.log; when it does not help, send it with your report.`
  return new Trouble(`${what} (${cluster}).`, reason, remedy)
}
