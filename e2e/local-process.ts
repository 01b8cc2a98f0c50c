import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { createClient, type Client } from './client.ts'
import { until } from './system.ts'

const root = fileURLToPath(new URL('..', import.meta.url))

export interface Ended {
  code: number | null
  signal: string | null
  stdout: string
  stderr: string
}

/** A program as a user starts it: `assay …` in a process of its own. */
export interface Program {
  child: ChildProcess
  pid: number
  stderr(): string
  ended: Promise<Ended>
}

export function startAssay(
  args: readonly string[],
  options: { env?: Record<string, string>; cwd?: string; stdin?: string } = {},
): Program {
  const { NODE_OPTIONS: _, VITEST: __, ...environment } = process.env
  const child = spawn(process.execPath, [join(root, 'apps/cli/main.ts'), ...args], {
    cwd: options.cwd ?? root,
    env: { ...environment, NO_COLOR: '1', ...options.env },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  child.stdin.on('error', () => {})
  child.stdin.end(options.stdin ?? '')
  const out: Buffer[] = []
  const err: Buffer[] = []
  child.stdout.on('data', (chunk: Buffer) => out.push(chunk))
  child.stderr.on('data', (chunk: Buffer) => err.push(chunk))
  const textOf = (chunks: Buffer[]): string => Buffer.concat(chunks).toString()
  // `exit`, not `close`: a database that outlives the program keeps its pipes.
  const ended = once(child, 'exit').then(([code, signal]) => ({
    code: code as number | null,
    signal: signal as string | null,
    stdout: textOf(out),
    stderr: textOf(err),
  }))
  return { child, pid: child.pid as number, stderr: () => textOf(err), ended }
}

export const runAssay = (...[args, options]: Parameters<typeof startAssay>): Promise<Ended> =>
  startAssay(args, options).ended

/** A data folder, and the program that serves it; the program is started, killed and started again. */
export interface LocalProgram {
  data: string
  client: Client
  token: string
  program: Program
  /** As assay_owner, on the database of the folder. */
  owner: pg.Pool
  /** Of the folder's postmaster, as its pid file says; null when there is none. */
  postmaster(): Promise<number | null>
  start(): Promise<void>
  /** `kill -9` of the program; with its database or without. */
  kill(what: 'all' | 'program'): Promise<void>
  terminate(): Promise<Ended & { milliseconds: number }>
  /** Ends what still runs and removes the folder. */
  remove(): Promise<void>
}

export async function startLocalProgram(
  options: { data?: string; env?: Record<string, string>; args?: string[] } = {},
): Promise<LocalProgram> {
  const data = options.data ?? (await mkdtemp(join(tmpdir(), 'assay-local-')))
  let url = ''
  const read = (name: string): Promise<string> => readFile(join(data, name), 'utf8')

  const local: LocalProgram = {
    data,
    client: createClient(() => url, ''),
    token: '',
    program: undefined as unknown as Program,
    owner: undefined as unknown as pg.Pool,
    async postmaster() {
      const text = await read('postgres/postmaster.pid').catch(() => '')
      return Number(text.split('\n')[0]) || null
    },
    async start() {
      const program = startAssay(
        ['start', '--no-sample', '--data', data, '--port', '0', ...(options.args ?? [])],
        options.env ? { env: options.env } : {},
      )
      local.program = program
      let over: Ended | null = null
      void program.ended.then((ended) => (over = ended))
      const server = await until(
        async () => {
          if (over) throw new Error(`the program ended: ${JSON.stringify(over)}`)
          const said = JSON.parse(await read('server.json').catch(() => 'null')) as {
            pid: number
            port: number
            database: { ownerUrl: string }
          } | null
          return said?.pid === program.pid ? said : null
        },
        (said) => said !== null,
        60_000,
      )
      url = `http://127.0.0.1:${server!.port}`
      local.token = (await read('owner-token')).trim()
      local.client = createClient(() => url, local.token)
      await local.owner?.end().catch(() => {})
      local.owner = new pg.Pool({ connectionString: server!.database.ownerUrl, max: 2 })
      local.owner.on('error', () => {})
    },
    async kill(what) {
      const postmaster = what === 'all' ? await local.postmaster() : null
      process.kill(local.program.pid, 'SIGKILL')
      if (postmaster) process.kill(postmaster, 'SIGKILL')
      await local.program.ended
    },
    async terminate() {
      const from = performance.now()
      local.program.child.kill('SIGTERM')
      const ended = await local.program.ended
      return { ...ended, milliseconds: performance.now() - from }
    },
    async remove() {
      await local.owner?.end().catch(() => {})
      if (local.program?.child.exitCode === null && local.program.child.signalCode === null)
        await local.terminate()
      const left = await local.postmaster()
      if (left) await endPostmaster(left)
      await rm(data, { recursive: true, force: true, maxRetries: 5 })
    },
  }
  try {
    await local.start()
  } catch (error) {
    await local.remove()
    throw error
  }
  return local
}

async function endPostmaster(pid: number): Promise<void> {
  const isThere = (): boolean => {
    try {
      return process.kill(pid, 0)
    } catch {
      return false
    }
  }
  if (!isThere()) return
  process.kill(pid, 'SIGINT')
  await until(
    async () => isThere(),
    (there) => !there,
    15_000,
  ).catch(() => process.kill(pid, 'SIGKILL'))
}
