import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, chown, cp, lstat, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import pg from 'pg'
import { afterAll, afterEach, expect, test } from 'vitest'
import { type EmbeddedDatabase, type EmbeddedOptions, startEmbedded } from './embedded.ts'
import { findPostmaster, stopPostmaster, until } from './postmaster.ts'
import { projectRoot } from './migrations.ts'
import { testFolderPrefix } from '#platform/testing/test-server.ts'

const root = process.getuid?.() === 0
const cleanups: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup()
})

/** A folder below a parent that only its owner may enter, as `mktemp -d` makes it. */
async function newFolder(): Promise<string> {
  const parent = await mkdtemp(`${testFolderPrefix}${process.pid}-`)
  cleanups.push(async () => {
    const left = await findPostmaster(join(parent, 'data', 'postgres'))
    if (left) await stopPostmaster(join(parent, 'data', 'postgres'), left.pid)
    await rm(parent, { recursive: true, force: true })
  })
  return join(parent, 'data')
}

/** The same with a database made before: a copy takes a tenth of the time. */
let prepared: Promise<string> | null = null
async function preparedFolder(): Promise<string> {
  prepared ??= (async () => {
    const folder = await mkdtemp(`${testFolderPrefix}${process.pid}-`)
    await (await startEmbedded(folder, { settings: quick })).stop()
    return folder
  })()
  const folder = await newFolder()
  await cp(await prepared, folder, { recursive: true })
  return folder
}
afterAll(async () => {
  if (prepared) await rm(await prepared, { recursive: true })
})

const quick = 'fsync = off\n'

async function start(folder: string, options: EmbeddedOptions = {}): Promise<EmbeddedDatabase> {
  const server = await startEmbedded(folder, { settings: quick, ...options })
  cleanups.push(() => server.stop())
  return server
}

function poolTo(url: string): pg.Pool {
  const pool = new pg.Pool({ connectionString: url, max: 2 })
  pool.on('error', () => {})
  cleanups.push(() => pool.end())
  return pool
}

/** The database started by a program of its own. */
async function startElsewhere(folder: string, args: string[] = [], as: { uid?: number; gid?: number } = {}) {
  const program = spawn(
    process.execPath,
    [join(projectRoot, 'platform/testing/embedded-program.ts'), folder, ...args],
    { stdio: ['ignore', 'pipe', 'pipe'], ...as },
  )
  let complaint = ''
  program.stderr.on('data', (chunk) => (complaint += chunk))
  const lines = createInterface(program.stdout)
  const line = await Promise.race([
    once(lines, 'line').then(([text]) => String(text)),
    once(program, 'exit').then(() => Promise.reject(new Error(complaint))),
  ])
  return {
    program,
    said: JSON.parse(line) as { pid: number; port: number; adopted: boolean; appUrl: string },
  }
}

async function killed(program: ChildProcess): Promise<void> {
  const exit = once(program, 'exit')
  program.kill('SIGKILL')
  await exit
}

const answers = (pool: pg.Pool) =>
  pool.query('select 1').then(
    () => true,
    () => false,
  )

test('it starts in a new folder below a closed parent, durable, for two roles without special rights', async () => {
  const folder = await newFolder()
  const server = await startEmbedded(folder)
  cleanups.push(() => server.stop())
  const { rows } = await poolTo(server.appUrl).query(
    `select rolname, rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolcanlogin,
            current_setting('fsync') as fsync, current_setting('synchronous_commit') as commit,
            current_setting('listen_addresses') as listens, current_setting('data_checksums') as checksums
     from pg_roles where rolname like 'assay%' order by 1`,
  )
  const plain = {
    rolsuper: false,
    rolbypassrls: false,
    rolcreaterole: false,
    rolcreatedb: false,
    rolcanlogin: true,
  }
  const durable = { fsync: 'on', commit: 'on', listens: '127.0.0.1', checksums: 'on' }
  expect(rows).toEqual(['assay_app', 'assay_owner'].map((rolname) => ({ rolname, ...plain, ...durable })))
  expect((await stat(`${folder}/postgres-passwords.json`)).mode & 0o777).toBe(0o600)
})

test('a wrong password is refused', async () => {
  const server = await start(await preparedFolder())
  const wrong = Object.assign(new URL(server.appUrl), { password: 'wrong' }).href
  await expect(poolTo(wrong).query('select 1')).rejects.toMatchObject({ code: '28P01' })
})

test('a postmaster that outlived its killed program is adopted with what it holds', async () => {
  const folder = await preparedFolder()
  const { program, said } = await startElsewhere(folder)
  expect(await answers(poolTo(said.appUrl))).toBe(true)
  await killed(program)
  const events: string[] = []
  const server = await start(folder, { onEvent: (event) => events.push(event.type) })
  expect({ pid: server.pid, port: server.port, adopted: server.adopted }).toEqual({
    pid: said.pid,
    port: said.port,
    adopted: true,
  })
  expect(events).toEqual(['adopted'])
  expect(await answers(poolTo(server.appUrl))).toBe(true)
})

test('after a kill of everything the next start ignores the stale pid file and has what was committed', async () => {
  const folder = await preparedFolder()
  const { program, said } = await startElsewhere(folder)
  const first = await startEmbedded(folder)
  const owner = new pg.Client(first.ownerUrl)
  owner.on('error', () => {})
  await owner.connect()
  await owner.query('create schema probe; create table probe.kept as select 42 as n')
  await killed(program)
  process.kill(said.pid, 'SIGKILL')
  await first.stop()
  // The number in the file may by then be another process's.
  const pidFile = join(folder, 'postgres', 'postmaster.pid')
  const text = await readFile(pidFile, 'utf8')
  await writeFile(pidFile, text.replace(/^\d+/, String(process.pid)))
  const server = await start(folder)
  expect(server.adopted).toBe(false)
  expect((await poolTo(server.ownerUrl).query('select n from probe.kept')).rows).toEqual([{ n: 42 }])
})

test.each(['SIGKILL', 'SIGTERM'] as const)(
  'a postmaster ended by %s is up again on its port, and the same pool goes on',
  async (signal) => {
    const server = await start(await preparedFolder())
    const pool = poolTo(server.appUrl)
    expect(await answers(pool)).toBe(true)
    const { pid, port } = server
    process.kill(pid as number, signal)
    expect(await until(() => server.pid !== pid && server.pid !== null, 30_000)).toBe(true)
    expect(await until(() => answers(pool), 30_000)).toBe(true)
    expect(server.port).toBe(port)
  },
)

test('an adopted postmaster that dies is started again too', async () => {
  const folder = await preparedFolder()
  const { program, said } = await startElsewhere(folder)
  await killed(program)
  const server = await start(folder)
  const pool = poolTo(server.appUrl)
  expect(await answers(pool)).toBe(true)
  process.kill(said.pid, 'SIGKILL')
  expect(await until(async () => server.pid !== said.pid && (await answers(pool)), 30_000)).toBe(true)
  expect(server.port).toBe(said.port)
})

test('a stop leaves no process and no pid file, and the next start adopts nothing', async () => {
  const folder = await preparedFolder()
  const first = await start(folder)
  const pid = first.pid as number
  await first.stop()
  expect(() => process.kill(pid, 0)).toThrow('ESRCH')
  await expect(stat(join(folder, 'postgres', 'postmaster.pid'))).rejects.toMatchObject({ code: 'ENOENT' })
  expect((await start(folder)).adopted).toBe(false)
})

test('a start that was cut short while it made the cluster is made good by the next', async () => {
  const folder = await newFolder()
  await mkdir(join(folder, 'postgres.new', 'cluster'), { recursive: true })
  await writeFile(join(folder, 'postgres.new', 'cluster', 'PG_VERSION'), '18\n')
  expect(await answers(poolTo((await start(folder)).appUrl))).toBe(true)
})

test('data of another version are left alone, and the error says what to do', async () => {
  const folder = await newFolder()
  await mkdir(join(folder, 'postgres'), { recursive: true })
  await writeFile(join(folder, 'postgres', 'PG_VERSION'), '14\n')
  await expect(start(folder)).rejects.toMatchObject({
    name: 'Trouble',
    reason: expect.stringContaining('PostgreSQL 14 wrote it'),
    remedy: expect.stringContaining('Export'),
  })
})

test('a fixed port that is taken is named', async () => {
  const other = createServer()
  await new Promise<void>((done) => other.listen(0, '127.0.0.1', done))
  cleanups.push(() => new Promise((done) => other.close(done)))
  const { port } = other.address() as { port: number }
  await expect(start(await preparedFolder(), { port })).rejects.toMatchObject({
    name: 'Trouble',
    thing: `The database cannot listen on port ${port}.`,
  })
})

test('the log holds no statement and no row', async () => {
  const folder = await preparedFolder()
  const server = await start(folder)
  const owner = poolTo(server.ownerUrl)
  await owner.query('create schema probe; create table probe.one (secret text unique)')
  await owner.query(`insert into probe.one values ('a pupil’s text')`)
  await expect(owner.query(`insert into probe.one values ('a pupil’s text')`)).rejects.toThrow(
    'duplicate key',
  )
  await server.stop()
  const log = await readFile(join(folder, 'postgres.log'), 'utf8')
  expect(log).toContain('duplicate key')
  expect(log).not.toContain('pupil')
})

test('a log past 4 MiB is cut at the next start and its end kept', async () => {
  const folder = await preparedFolder()
  await (await start(folder)).stop()
  await writeFile(join(folder, 'postgres.log'), `${'x'.repeat(5 << 20)}the end\n`)
  await start(folder)
  expect((await stat(join(folder, 'postgres.log'))).size).toBeLessThan(10_000)
  expect((await readFile(join(folder, 'postgres.log.1'), 'utf8')).endsWith('the end\n')).toBe(true)
})

/** Whether another user may read this checkout: not below root's home or a folder of `mktemp -d`. */
function isOpenToOthers(): boolean {
  try {
    const program = join(projectRoot, 'platform/testing/embedded-program.ts')
    execFileSync('test', ['-r', program], { uid: 65534, gid: 65534, cwd: '/' })
    return true
  } catch {
    return false
  }
}

test.skipIf(!root || !isOpenToOthers())('an ordinary user starts it in a folder of their own', async () => {
  const folder = await newFolder()
  const parent = join(folder, '..')
  const [uid, gid] = [65534, 65534]
  await chown(parent, uid, gid)
  const { program, said } = await startElsewhere(folder, [], { uid, gid })
  expect(await answers(poolTo(said.appUrl))).toBe(true)
  expect((await stat(`/proc/${said.pid}`)).uid).toBe(uid)
  await killed(program)
  // Root then takes it over from that user, and leaves it theirs.
  const adopted = await start(folder)
  expect(adopted.pid).toBe(said.pid)
  await adopted.stop()
  const again = await start(folder)
  expect((await stat(`/proc/${again.pid}`)).uid).toBe(uid)
})

test.skipIf(!root)(
  'root without user namespaces runs it as nobody, in place where the way is open',
  async () => {
    const folder = await newFolder()
    await mkdir(folder)
    await Promise.all([chmod(folder, 0o711), chmod(join(folder, '..'), 0o711)])
    const server = await start(folder, {
      unprivileged: { userNamespaces: false, home: join(folder, 'home') },
    })
    expect((await stat(`/proc/${server.pid}`)).uid).toBe(65534)
    expect((await lstat(join(folder, 'postgres'))).isDirectory()).toBe(true)
  },
)

test.skipIf(!root)('and elsewhere with a link in its place where it is closed', async () => {
  const folder = await newFolder()
  const home = await newFolder()
  await chmod(join(home, '..'), 0o711)
  const options = { unprivileged: { userNamespaces: false, home } }
  const first = await start(folder, options)
  expect((await stat(`/proc/${first.pid}`)).uid).toBe(65534)
  expect((await lstat(join(folder, 'postgres'))).isSymbolicLink()).toBe(true)
  expect((await stat(folder)).mode & 0o777).toBe(0o700)
  await poolTo(first.ownerUrl).query('create schema probe')
  await first.stop()
  const again = await start(folder, options)
  const { rows } = await poolTo(again.ownerUrl).query(
    `select 1 as n from pg_namespace where nspname = 'probe'`,
  )
  expect(rows).toEqual([{ n: 1 }])
})

test.skipIf(!canMount())(
  'a postmaster in another pid namespace is found by its arguments and adopted',
  async () => {
    const folder = await preparedFolder()
    // Inside, the pid file gets a number that means nothing, or another process, out here.
    const script = '"$1" "$2" "$3" & echo inner $!; wait; exec sleep 600'
    const program = join(projectRoot, 'platform/testing/embedded-program.ts')
    const names = ['--user', '--map-root-user', '--pid', '--fork', '--mount-proc']
    const outer = spawn('unshare', [...names, 'sh', '-c', script, 'sh', process.execPath, program, folder])
    // The namespace, and the postmaster with it, ends with its first process.
    cleanups.push(async () => {
      const children = await readFile(`/proc/${outer.pid}/task/${outer.pid}/children`, 'utf8').catch(() => '')
      for (const pid of children.trim().split(' ').filter(Boolean)) process.kill(Number(pid), 'SIGKILL')
      outer.kill('SIGKILL')
    })
    const lines = createInterface(outer.stdout)[Symbol.asyncIterator]()
    await lines.next()
    const said = JSON.parse((await lines.next()).value as string) as { pid: number; port: number }
    const server = await start(folder)
    expect({ adopted: server.adopted, port: server.port }).toEqual({ adopted: true, port: said.port })
    expect(server.pid).not.toBe(said.pid)
    expect(await answers(poolTo(server.appUrl))).toBe(true)
  },
)

function canMount(): boolean {
  try {
    execFileSync('unshare', ['-Urm', 'sh', '-c', 'mount -t tmpfs -o size=1m none /mnt'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

test.skipIf(!canMount())('a full disk is named, and room made is all that is needed', async () => {
  const folder = await newFolder()
  await mkdir(folder, { recursive: true })
  const script = `mount -t tmpfs -o size=200m none "$1" && head -c 176m /dev/zero > "$1/ballast" &&
    { "$2" "$3" "$1/data" stop; rm "$1/ballast" && exec "$2" "$3" "$1/data" stop; }`
  const program = join(projectRoot, 'platform/testing/embedded-program.ts')
  const child = spawn('unshare', ['-Urm', 'sh', '-c', script, 'sh', folder, process.execPath, program])
  let said = ''
  let complaint = ''
  child.stdout.on('data', (chunk) => (said += chunk))
  child.stderr.on('data', (chunk) => (complaint += chunk))
  const [code] = await once(child, 'exit')
  expect(complaint).toContain('No space left on device')
  expect(complaint).toContain('Make room on the disk')
  expect(said).toContain('"adopted":false')
  expect(code).toBe(0)
})
