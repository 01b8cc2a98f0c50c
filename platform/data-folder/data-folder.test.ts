import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterEach, expect, test } from 'vitest'
import { projectRoot } from '#platform/database/migrations.ts'
import { openDataFolder } from './data-folder.ts'
import { ownIdentity } from './process-identity.ts'

const cleanups: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup()
})

async function newPath(): Promise<string> {
  const parent = await mkdtemp(join(tmpdir(), 'assay-folder-'))
  cleanups.push(() => rm(parent, { recursive: true, force: true }))
  return join(parent, 'deep', 'data')
}

interface Said {
  won: boolean
  token: string
  id: string
}

function run(path: string, at = 0): { program: ChildProcess; said: Promise<Said> } {
  const script = join(projectRoot, 'platform/testing/claiming-program.ts')
  const program = spawn(process.execPath, [script, path, String(at)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  cleanups.push(() => end(program))
  const said = once(createInterface(program.stdout), 'line').then(
    ([line]) => JSON.parse(String(line)) as Said,
  )
  return { program, said }
}

async function end(program: ChildProcess): Promise<void> {
  if (program.exitCode !== null || program.signalCode !== null) return
  const exit = once(program, 'exit')
  program.kill('SIGKILL')
  await exit
}

test('of six programs that start at the same instant exactly one has the folder, each time', async () => {
  const path = await newPath()
  for (let round = 0; round < 3; round++) {
    // The second and third round also find what the killed ones have left.
    const at = Date.now() + 900
    const programs = Array.from({ length: 6 }, () => run(path, at))
    const said = await Promise.all(programs.map((one) => one.said))
    expect(said.filter((one) => one.won)).toHaveLength(1)
    expect(new Set(said.map((one) => `${one.token} ${one.id}`)).size).toBe(1)
    await Promise.all(programs.map((one) => end(one.program)))
  }
  expect((await readdir(path)).toSorted()).toEqual([
    'auth-secret',
    expect.stringMatching(/^claim-\d+$/),
    'installation-id',
    'owner-token',
    'server.json',
  ])
})

test('within one process too, the second claim of a folder is refused until the first is released', async () => {
  const path = await newPath()
  const [one, two] = await Promise.all([openDataFolder(path), openDataFolder(path)])
  expect([await one.claim(), await two.claim(), await one.claim()]).toEqual([true, false, true])
  expect(await two.findHolder()).toBe(process.pid)
  await one.release()
  expect(await two.findHolder()).toBe(null)
  expect([await two.claim(), await one.claim()]).toEqual([true, false])
})

test('a folder is made for its owner alone, and what is in it is read again as it was', async () => {
  const path = await newPath()
  const made = await openDataFolder(path)
  expect((await stat(path)).mode & 0o066).toBe(0)
  for (const name of ['owner-token', 'installation-id']) {
    expect((await stat(join(path, name))).mode & 0o777).toBe(0o600)
  }
  expect(Buffer.from(made.ownerToken, 'base64url')).toHaveLength(32)
  expect(await readFile(join(path, 'owner-token'), 'utf8')).toBe(made.ownerToken)
  const again = await openDataFolder(path)
  expect([again.ownerToken, again.installationId]).toEqual([made.ownerToken, made.installationId])
})

test('a running server is found, and one that was killed is not', async () => {
  const path = await newPath()
  const { program, said } = run(path)
  expect((await said).won).toBe(true)
  const folder = await openDataFolder(path)
  expect(await folder.readServer()).toEqual({
    pid: program.pid,
    port: 1234,
    url: 'http://127.0.0.1:1234',
    startedAt: expect.any(String),
    database: { ownerUrl: 'postgres://owner', appUrl: 'postgres://app' },
  })
  expect((await stat(join(path, 'server.json'))).mode & 0o777).toBe(0o600)
  // It does not wait for a server.
  expect(await folder.claim({ waitMilliseconds: 60_000 })).toBe(false)
  await end(program)
  expect(await folder.readServer()).toBe(null)
  expect(await folder.claim()).toBe(true)
})

test('another process with the number of a killed server is not taken for it', async () => {
  const path = await newPath()
  const folder = await openDataFolder(path)
  const { program, said } = run(path)
  await said
  await end(program)
  for (const name of await readdir(path)) {
    if (!/^claim-|server\.json/.test(name)) continue
    const text = await readFile(join(path, name), 'utf8')
    await writeFile(join(path, name), text.replaceAll(String(program.pid), String(process.pid)))
  }
  expect(await folder.readServer()).toBe(null)
  expect(await folder.findHolder()).toBe(null)
})

test('a release takes the announcement away', async () => {
  const folder = await openDataFolder(await newPath())
  await folder.claim()
  await folder.announce({ port: 1, url: 'http://127.0.0.1:1', database: { ownerUrl: 'a', appUrl: 'b' } })
  expect((await folder.readServer())?.pid).toBe(process.pid)
  await folder.release()
  expect(await folder.readServer()).toBe(null)
  expect((await readdir(folder.path)).includes('server.json')).toBe(false)
})

test('a server waits for a command that has the folder', async () => {
  const path = await newPath()
  const [command, server] = await Promise.all([openDataFolder(path), openDataFolder(path)])
  await command.claim()
  const waiting = server.claim({ waitMilliseconds: 30_000 })
  await command.release()
  expect(await waiting).toBe(true)
})

test('a claim from another container counts while it is kept up', async () => {
  const path = await newPath()
  const folder = await openDataFolder(path)
  const elsewhere = { ...(await ownIdentity()), host: 'elsewhere' }
  const file = join(path, 'claim-7')
  await writeFile(file, JSON.stringify(elsewhere))
  const beat = setInterval(() => void utimes(file, new Date(), new Date()), 500)
  expect(await folder.claim()).toBe(false)
  clearInterval(beat)
  expect(await folder.claim()).toBe(true)
})

test('a path that cannot be a folder is named with its remedy', async () => {
  const path = await newPath()
  const folder = await openDataFolder(path)
  await expect(openDataFolder(join(folder.path, 'owner-token', 'data'))).rejects.toMatchObject({
    name: 'Trouble',
    remedy: expect.stringContaining('--data'),
  })
})
