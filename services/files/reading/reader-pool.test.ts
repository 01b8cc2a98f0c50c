import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test, vi } from 'vitest'
import { Answer } from './answers.ts'
import { childSource } from './child-source.ts'
import { confinement, nodeFlags } from './confinement.ts'
import { frameHead, FrameReader } from './frames.ts'
import { hostileFiles } from './hostile-files.ts'
import { docxOf, p } from './make-files.ts'
import { createReaderPool, isArchive, type ReaderPool, type ReaderPoolOptions } from './reader-pool.ts'
import { defaultReadingLimits } from './reading.ts'

const pools: ReaderPool[] = []
const folders: string[] = []
function poolOf(options: ReaderPoolOptions): ReaderPool {
  const pool = createReaderPool({ size: 1, ...options })
  pools.push(pool)
  return pool
}
afterAll(async () => {
  await Promise.all(pools.map((pool) => pool.close()))
  await Promise.all(folders.map((folder) => rm(folder, { recursive: true })))
})

const good = { fileName: 'good.txt', bytes: Buffer.from('A good file.') }
const GOOD = { ok: true, text: 'A good file.', words: 3, format: 'txt', remarks: [] }

/** Keeps a reader busy for many seconds: forms within forms. */
const endless = async () => ({
  fileName: 'endless.pdf',
  bytes: await hostileFiles.find((file) => file.about === 'a pdf of forms within forms')!.bytes(),
})

describe('the reader pool', () => {
  test('starts nothing before the first file, then reads many files in one process', async () => {
    const pool = poolOf({})
    expect(pool.stats.started).toBe(0)
    const docx = { fileName: 'a.docx', bytes: docxOf(p('First.') + p('Second one.')) }
    const readings = await Promise.all(Array.from({ length: 20 }, (_, i) => pool.read(i % 2 ? good : docx)))
    expect(readings.filter((reading) => reading.ok)).toHaveLength(20)
    expect(readings[0]).toEqual({
      ok: true,
      text: 'First.\n\nSecond one.',
      words: 3,
      format: 'docx',
      remarks: [],
    })
    expect(pool.stats).toMatchObject({ started: 1, read: 20, killed: 0, busy: 0, waiting: 0 })
  })

  test('reads from a path what it reads from memory', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'reading-'))
    folders.push(folder)
    const path = join(folder, 'stored-under-another-name')
    await writeFile(path, good.bytes)
    expect(await poolOf({}).read({ path, fileName: 'good.txt' })).toEqual(GOOD)
  })

  test('is warm before the first file when asked to be', async () => {
    const pool = poolOf({})
    await pool.prewarm()
    expect(pool.pids()).toHaveLength(1)
    const [pid] = pool.pids()
    await pool.read(good)
    expect(pool.pids()).toEqual([pid])
  })

  test('stops a file at its time, and reads the files behind it in a fresh process', async () => {
    const pool = poolOf({ limits: { wallMs: 1_500 } })
    const [slow, next, last] = await Promise.all([
      pool.read(await endless()),
      pool.read(good),
      pool.read(good),
    ])
    expect(slow).toMatchObject({ ok: false, error: { code: 'reading-timed-out' } })
    expect(next).toEqual(GOOD)
    expect(last).toEqual(GOOD)
    expect(pool.stats).toMatchObject({ started: 2, killed: 1 })
  })

  test('stops a file that computes too long, however long the clock allows', async () => {
    const pool = poolOf({ limits: { cpuMs: 500, cpuMsPerMB: 0 } })
    expect(await pool.read(await endless())).toMatchObject({
      ok: false,
      error: { code: 'reading-timed-out' },
    })
    expect(await pool.read(good)).toEqual(GOOD)
  })

  test('stops a file that takes too much memory', async () => {
    // Below what pdf.js needs for any file, so that the limit and not the file is what is tested.
    const pool = poolOf({ limits: { memoryBytes: 56 * 1024 * 1024 } })
    const reading = await pool.read(await endless())
    expect(reading).toMatchObject({ ok: false, error: { code: 'reading-crashed' } })
  })

  test('calls the death of a process a rejection of that file only, and never tries it again', async () => {
    const pool = poolOf({})
    await pool.prewarm()
    const doomed = pool.read(await endless())
    const behind = pool.read(good)
    await vi.waitUntil(() => pool.stats.reading === 1)
    process.kill(pool.pids()[0]!, 'SIGKILL')
    expect(await doomed).toMatchObject({
      ok: false,
      error: { code: 'reading-crashed', details: { signal: 'SIGKILL' } },
    })
    expect(await behind).toEqual(GOOD)
    expect(pool.stats).toMatchObject({ started: 2, read: 2 })
  })

  test('does not blame a file for a process that died while idle', async () => {
    const pool = poolOf({})
    await pool.read(good)
    const [pid] = pool.pids()
    process.kill(pid!, 'SIGKILL')
    await vi.waitUntil(() => !isRunning(pid!))
    expect(await pool.read(good)).toEqual(GOOD)
  })

  test('replaces a process after its share of files', async () => {
    const pool = poolOf({ filesPerProcess: 2 })
    for (let i = 0; i < 5; i++) expect(await pool.read(good)).toEqual(GOOD)
    expect(pool.stats.started).toBe(3)
  })

  test('reads twenty quick files at once in one process: none waits long enough for a second', async () => {
    const pool = poolOf({ size: 2 })
    await pool.prewarm()
    const readings = await Promise.all(Array.from({ length: 20 }, () => pool.read(good)))
    expect(readings).toEqual(Array.from({ length: 20 }, () => GOOD))
    expect(pool.stats.started).toBe(1)
  })

  test('uses a second process when a file has waited for the first', async () => {
    const pool = poolOf({ size: 2, limits: { wallMs: 3_000 } })
    await pool.read(good)
    expect(pool.stats.started).toBe(1)
    const slow = pool.read(await endless())
    expect(await pool.read(good)).toEqual(GOOD)
    expect(pool.stats).toMatchObject({ started: 2, busy: 1 })
    expect(await slow).toMatchObject({ ok: false })
  })

  test('ends its processes when it is closed, and takes nothing more', async () => {
    const pool = poolOf({})
    await pool.read(good)
    const [pid] = pool.pids()
    await pool.close()
    expect(isRunning(pid!)).toBe(false)
    await expect(pool.read(good)).rejects.toThrow('closed')
  })

  test('knows an archive from a document by its first bytes', async () => {
    expect(await isArchive({ bytes: docxOf(p('x')) })).toBe(false)
    expect(await isArchive(good)).toBe(false)
    expect(await isArchive({ bytes: Buffer.from('PK\x05\x06'.padEnd(22, '\0'), 'latin1') })).toBe(true)
  })
})

function isRunning(pid: number): boolean {
  try {
    // A zombie has answered its last question.
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'latin1'))
  } catch {
    return false
  }
}

/** Runs one module where readers run, and gives what it wrote. */
async function insideReader(code: string): Promise<Record<string, string>> {
  const [source, kept] = await Promise.all([childSource(), confinement(defaultReadingLimits)])
  const entry = 'file:///probe.js'
  const probe = `import { writeSync } from 'node:fs'
    const tried = {}
    const attempt = async (name, f) => { try { tried[name] = 'done: ' + (await f()) } catch (e) { tried[name] = 'refused: ' + (e.code ?? e.message) } }
    ${code}
    writeSync(1, JSON.stringify(tried))`
  const start = { ...source.start, entry, modules: { ...source.start.modules, [entry]: probe } }
  const command = [
    ...kept.prefix,
    process.execPath,
    ...nodeFlags(defaultReadingLimits, source.readable),
    '--eval',
    source.boot,
  ]
  const json = Buffer.from(JSON.stringify(start))
  const ran = spawnSync(command[0]!, command.slice(1), {
    input: Buffer.concat([frameHead(start, 0).subarray(0, 8), json]),
    cwd: '/',
  })
  return JSON.parse(ran.stdout.toString() || `{"crash":${JSON.stringify(ran.stderr.toString())}}`) as Record<
    string,
    string
  >
}

describe('a reading process', () => {
  test('cannot reach files, processes, the network or code made of strings', async () => {
    const tried = await insideReader(`
      import fs from 'node:fs'
      await attempt('read a file', () => fs.readFileSync('/etc/passwd'))
      await attempt('list a folder', () => fs.readdirSync('/'))
      await attempt('write a file', () => fs.writeFileSync('/tmp/reader-was-here', 'x'))
      for (const name of ['net', 'node:net', 'dns', 'http', 'https', 'http2', 'tls', 'dgram', 'child_process', 'worker_threads', 'vm', 'module', 'inspector', 'cluster'])
        await attempt(name, () => import(name))
      await attempt('fetch', () => fetch('http://127.0.0.1:1'))
      await attempt('WebSocket', () => new WebSocket('ws://127.0.0.1:1'))
      await attempt('builtin', () => process.getBuiltinModule('net').connect(1))
      await attempt('binding', () => process.binding('tcp_wrap'))
      await attempt('eval', () => (0, eval)('1'))
      await attempt('Function', () => new Function('return 1')())
      await attempt('kill', () => process.kill(process.ppid, 0))
    `)
    expect(Object.keys(tried).length).toBeGreaterThan(20)
    expect(Object.entries(tried).filter(([, what]) => !what.startsWith('refused'))).toEqual([])
  })

  test('has no network device but its own loopback, where the system allows that', async (context) => {
    const pool = poolOf({})
    const kept = await pool.describe()
    if (kept.network !== 'own namespace') return context.skip(`no network namespaces here: ${kept.network}`)
    await pool.read(good)
    const devices = readFileSync(`/proc/${pool.pids()[0]}/net/dev`, 'latin1').match(/^\s*(\S+):/gm)!
    expect(devices.map((device) => device.trim())).toEqual(['lo:'])
  })
})

describe('an answer of a reading process', () => {
  test('larger than any answer may be is refused before it is held', () => {
    const frames = new FrameReader(1_000, 1_000)
    const head = frameHead({}, 1_001)
    frames.push(head)
    expect(() => frames.next()).toThrow('too large')
  })

  test('that comes in pieces of one byte is put together', () => {
    const frames = new FrameReader(1_000, 1_000)
    const bytes = Buffer.concat([
      frameHead({ done: 'warm' }, 3),
      Buffer.from('abc'),
      frameHead({ done: 'warm' }, 0),
    ])
    const got: unknown[] = []
    for (const byte of bytes) {
      frames.push(Buffer.from([byte]))
      for (let frame = frames.next(); frame; frame = frames.next())
        got.push([frame.header, frame.body.toString()])
    }
    expect(got).toEqual([
      [{ done: 'warm' }, 'abc'],
      [{ done: 'warm' }, ''],
    ])
  })

  test.each([
    [{ done: 'read', words: -1, format: 'docx', remarks: [] }],
    [{ done: 'read', words: 1, format: 'exe', remarks: [] }],
    [{ done: 'failed', retire: false, error: { code: 'made-up', message: '', remedy: '' } }],
    [{ member: { path: 7 } }],
    ['{}'],
  ])('of another shape is refused: %j', (header) => {
    expect(Answer.safeParse(header).success).toBe(false)
  })
})
