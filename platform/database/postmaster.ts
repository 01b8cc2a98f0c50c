import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync, readFileSync, statSync } from 'node:fs'
import { open, readdir, readFile, realpath, rm } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { bareEnvironment, troubleOf } from './cluster.ts'
import { Trouble } from './trouble.ts'
import type { Runner } from './unprivileged.ts'

const run = promisify(execFile)

/** A running postmaster, ours or one that outlived the program that started it. */
export interface Postmaster {
  pid: number
  port: number
  /** Of postmaster.pid: `starting`, `ready`, `stopping`, `standby`; null before it is written. */
  status: string | null
  /** The program it runs. */
  program: string
}

/** The arguments of a live process; null when there is none (a zombie has none either). */
async function argumentsOf(pid: number): Promise<string[] | null> {
  if (process.platform === 'linux') {
    const text = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')
    return text === '' ? null : text.split('\0')
  }
  const { stdout } = await run('ps', ['-ww', '-o', 'command=', '-p', String(pid)]).catch(() => ({
    stdout: '',
  }))
  return stdout.trim() === '' ? null : stdout.trim().split(/ (?=-)| (?=\/)/)
}

const serves = (args: string[] | null, cluster: string): args is string[] =>
  args !== null &&
  /^postgres(\.exe)?$/.test(basename(args[0] ?? '')) &&
  args[args.indexOf('-D') + 1] === cluster

export async function isAlive(pid: number, cluster: string): Promise<boolean> {
  return serves(await argumentsOf(pid), cluster)
}

interface PidFile {
  pid: number
  port: number
  status: string | null
}

async function readPidFile(cluster: string): Promise<PidFile | null> {
  const lines = (await readFile(join(cluster, 'postmaster.pid'), 'utf8').catch(() => '')).split('\n')
  const pid = Number.parseInt(lines[0] ?? '', 10)
  return Number.isFinite(pid)
    ? { pid, port: Number.parseInt(lines[3] ?? '0', 10), status: lines[7]?.trim() || null }
    : null
}

/**
 * The postmaster that serves a folder. Its pid file names it, unless it runs in a pid namespace of its own (the
 * file then holds its number in there) or the file is gone; then the process whose arguments name the folder is
 * it: its children change their titles, so only the postmaster keeps those arguments.
 */
export async function findPostmaster(cluster: string): Promise<Postmaster | null> {
  const file = await readPidFile(cluster)
  if (file) {
    const args = await argumentsOf(file.pid)
    if (serves(args, cluster)) return { ...file, program: args[0] as string }
  }
  if (process.platform !== 'linux') return null
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue
    const args = await argumentsOf(Number(name))
    if (!serves(args, cluster)) continue
    return {
      pid: Number(name),
      port: file?.port ?? (Number(args[args.indexOf('-p') + 1]) || 0),
      status: file?.status ?? null,
      program: args[0] as string,
    }
  }
  return null
}

/** Waits until `done`, looking every 15 ms (20 to 40 looks at a start); false after the time is over. */
export async function until(done: () => Promise<boolean> | boolean, milliseconds: number): Promise<boolean> {
  const end = performance.now() + milliseconds
  while (!(await done())) {
    if (performance.now() > end) return false
    await sleep(15)
  }
  return true
}

export interface Started {
  child: ChildProcess
  /** Resolves when the postmaster has ended. */
  ended: Promise<unknown>
}

/** Where the log ends: what a start adds to it says why it failed. */
const sizeOf = (path: string) => statSync(path, { throwIfNoEntry: false })?.size ?? 0

/**
 * Starts the postmaster on `port` and returns when it takes connections. It has a session of its own, so that
 * Ctrl-C reaches the program alone, which then stops it after its own work.
 */
export async function startPostmaster(cluster: string, port: number, runner: Runner): Promise<Started> {
  const real = await realpath(cluster)
  // Stale: `findPostmaster` found nobody. PostgreSQL would refuse if another process now had that number;
  // that no server process is left it checks by the shared memory, whatever this file says.
  await rm(join(real, 'postmaster.pid'), { force: true })
  const log = `${cluster}.log`
  const from = sizeOf(log)
  const output = openSync(log, 'a', 0o600)
  const { file, args, ...as } = runner.command(runner.binaries.postgres, ['-D', real, '-p', String(port)])
  const child = spawn(file, args, {
    ...as,
    cwd: '/',
    env: bareEnvironment,
    detached: true,
    stdio: ['ignore', output, output],
  })
  closeSync(output)
  child.unref()
  let failure: Error | null = null
  child.on('error', (error) => {
    failure = error
  })
  const ended = Promise.race([once(child, 'exit'), once(child, 'error')]).catch(() => {})
  const gone = () => failure !== null || child.exitCode !== null || child.signalCode !== null
  const ready = async () => (await readPidFile(real))?.status === 'ready'
  // A start after a crash replays the log first, for as long as it takes.
  await until(async () => gone() || (await ready()), 10 * 60_000)
  if (!gone() && (await ready())) return { child, ended }
  if (!gone()) child.kill('SIGINT')
  const said = readFileSync(log).subarray(from).toString('utf8')
  if (/could not bind|could not create any TCP/.test(said)) {
    throw new Trouble(
      `The database cannot listen on port ${port}.`,
      'Another program on this machine uses the port.',
      `End that program (\`ss -ltnp\` names it), or choose another port.`,
      { code: 'EADDRINUSE' },
    )
  }
  throw troubleOf(cluster, 'The database did not start', failure ? String(failure) : said)
}

/**
 * Stops a postmaster: fast first, which ends sessions and writes a checkpoint; after 8 s without one, which the
 * next start makes good by replaying the log.
 */
export async function stopPostmaster(cluster: string, pid: number): Promise<void> {
  const real = await realpath(cluster)
  for (const [signal, patience] of [
    ['SIGINT', 8_000],
    ['SIGQUIT', 5_000],
    ['SIGKILL', 5_000],
  ] as const) {
    if (!(await isAlive(pid, real))) return
    try {
      process.kill(pid, signal)
    } catch {
      return
    }
    if (await until(async () => !(await isAlive(pid, real)), patience)) return
  }
}

const most = 4 << 20

/** Keeps the end of a log that has grown past 4 MiB in `<log>.1` and empties it in place: it stays open. */
export async function boundLog(log: string): Promise<void> {
  if (sizeOf(log) <= most) return
  const handle = await open(log, 'r+')
  try {
    const { size } = await handle.stat()
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(most), 0, most, size - most)
    const kept = await open(`${log}.1`, 'w', 0o600)
    await kept.writeFile(buffer.subarray(0, bytesRead))
    await kept.close()
    await handle.truncate(0)
  } finally {
    await handle.close()
  }
}
