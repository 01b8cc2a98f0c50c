import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { appendFile, mkdir, mkdtemp, open, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { BatchResults } from '#contracts/results.ts'
import { makeBrokenDocx, makeScannedPdf } from '#platform/testing/documents/bad.ts'
import { makeEssayText } from '#platform/testing/documents/essay.ts'
import { findViolations } from '#platform/testing/invariants.ts'
import { runAssay, startLocalProgram, type Ended, type LocalProgram } from './local-process.ts'

let local: LocalProgram
let place: string
beforeAll(async () => {
  local = await startLocalProgram()
  place = await mkdtemp(join(tmpdir(), 'assay-cli-'))
})
afterAll(async () => {
  await local?.remove()
  await rm(place, { recursive: true, force: true })
})

const assay = (...args: string[]): Promise<Ended> => runAssay([...args, '--data', local.data], { cwd: place })
const folder = async (name: string, files: Record<string, string | Uint8Array> = {}): Promise<string> => {
  const path = join(place, name)
  await mkdir(path, { recursive: true })
  for (const [file, content] of Object.entries(files)) await writeFile(join(path, file), content)
  return path
}
const essayText = (seed: number): string => makeEssayText({ seed, words: 150, misspellings: 3 })
const violations = (): Promise<string[]> =>
  findViolations({ owner: local.owner, quiet: true, originals: join(local.data, 'originals') })
const readResults = async (out: string): Promise<BatchResults> =>
  BatchResults.parse(JSON.parse(await readFile(join(out, 'results.json'), 'utf8')))
const answered = async (): Promise<number> =>
  (
    await local.owner.query<{ n: number }>(
      `select count(*)::int as n from bus.events where type like '%.essay-checked'`,
    )
  ).rows[0]!.n

test('a folder of good and bad files ends with 2: each rejection with its reason and remedy, and three files for people and programs', async () => {
  const dir = await folder('mixed', {
    'good.txt': essayText(1),
    'also good.md': essayText(2),
    'broken.docx': makeBrokenDocx(),
    'scan.pdf': makeScannedPdf(),
    'nothing.txt': '',
  })
  const out = join(place, 'mixed-out')
  const { code, stdout, stderr } = await assay('run', dir, '--out', out)
  expect([code, stderr]).toEqual([2, expect.any(String)])
  for (const name of ['broken.docx', 'scan.pdf', 'nothing.txt'])
    expect(stderr).toMatch(new RegExp(`rejected\\s+${name}: .{10,}\\. .{10,}\\.`))
  expect(stderr).toContain(
    '5 received = 0 reading + 2 in slots + 0 waiting for a slot + 3 rejected + 0 removed',
  )
  expect(stdout).toContain('good.txt')
  expect(stdout + stderr).not.toContain('\u001b[')

  const results = await readResults(out)
  expect(
    results.essays.map((essay) => [essay.fileName, essay.spelling.status, essay.language.status]).sort(),
  ).toEqual([
    ['also good.md', 'succeeded', 'succeeded'],
    ['good.txt', 'succeeded', 'succeeded'],
  ])
  expect((await readFile(join(out, 'results.csv'), 'utf8')).split('\n').length).toBeGreaterThan(5)
  expect(await readFile(join(out, 'report.html'), 'utf8')).toContain('good.txt')

  const before = await answered()
  const again = await assay('run', dir, '--out', out)
  expect([again.code, again.stderr]).toEqual([2, expect.stringContaining('Nothing was new')])
  expect(await answered()).toBe(before)
  expect((await readResults(out)).essays.map((essay) => essay.essayId)).toEqual(
    results.essays.map((essay) => essay.essayId),
  )

  await appendFile(join(dir, 'good.txt'), '\nAnd a sentence more.')
  expect((await assay('run', dir, '--out', out)).code).toBe(2)
  const changed = await readResults(out)
  expect(changed.counts).toMatchObject({ received: 6, slotsUsed: 2, removed: 1 })
  expect(changed.essays.find((essay) => essay.fileName === 'good.txt')).toMatchObject({
    slot: results.essays.find((essay) => essay.fileName === 'good.txt')!.slot,
    text: expect.stringContaining('And a sentence more.'),
  })
  expect(await answered()).toBe(before + 2)
  expect(await violations()).toEqual([])
})

test('--json prints one object a line and nothing else on stdout', async () => {
  const dir = await folder('json', { 'a.txt': essayText(3), 'b.txt': essayText(4) })
  const { code, stdout } = await assay('run', dir, '--json', '--out', join(place, 'json-out'))
  expect(code).toBe(0)
  const lines = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { slot: number })
  expect(lines.map((line) => line.slot)).toEqual([1, 2])
  for (const args of [['status', 'latest'], ['doctor'], ['trace', 'a.txt']]) {
    const said = await assay(...args, '--json')
    for (const line of said.stdout.trim().split('\n')) expect(JSON.parse(line)).toBeTypeOf('object')
  }
})

test('nothing to do is 3, a mistake is 1 with the right word, and what is not there is named', async () => {
  const empty = await assay('run', await folder('empty'))
  expect([empty.code, empty.stderr]).toEqual([3, expect.stringContaining('Nothing was taken')])
  const typo = await assay('reslts')
  expect([typo.code, typo.stderr]).toEqual([1, expect.stringMatching(/Did you mean results/i)])
  const phase = await assay('run', 'x', '--phases', 'magic')
  expect([phase.code, phase.stderr]).toEqual([1, expect.stringContaining('spelling, language')])
  const absent = await assay('run', join(place, 'not-there'))
  expect([absent.code, absent.stderr]).toEqual([1, expect.stringContaining('not-there')])
  expect((await runAssay(['start', '--data', local.data, '--port', 'x'])).code).toBe(1)
  for (const unknown of [
    ['trace', 'nobody.docx'],
    ['status', 'no such batch'],
    ['remove', 'latest', 'nobody.docx'],
  ]) {
    const said = await assay(...unknown)
    expect([said.code, said.stderr.length > 20]).toEqual([1, true])
  }
  expect((await runAssay(['--help'])).stdout).toContain('Examples')
})

test('add, status, trace, remove, retry and results work on the batch that is served', async () => {
  const dir = await folder('verbs', { 'first.txt': essayText(5) })
  expect((await assay('run', dir, '--out', join(place, 'verbs-out'))).code).toBe(0)
  const late = join(await folder('late', { 'late.txt': essayText(6), 'broken.docx': makeBrokenDocx() }))
  expect((await assay('add', 'verbs', late)).code).toBe(0)
  expect((await assay('retry', 'verbs')).code).toBe(0)
  const failed = await assay('retry', 'verbs', '--failed')
  expect([failed.code, failed.stdout]).toEqual([
    0,
    expect.stringContaining('No essay of this batch has a failed phase'),
  ])
  expect((await assay('status', 'verbs')).stdout).toContain(
    '3 received = 0 reading + 2 in slots + 0 waiting for a slot + 1 rejected + 0 removed',
  )
  const trace = await assay('trace', 'broken.docx')
  expect(trace.stdout).toContain('is rejected')
  expect(trace.stdout).toContain('file-rejected')
  expect(trace.stdout).toContain('Nothing is expected next')
  expect((await assay('remove', 'verbs', 'late.txt')).code).toBe(0)
  expect((await assay('results', 'verbs', '--format', 'csv')).stdout).toContain('first.txt')
  expect(
    BatchResults.parse(JSON.parse((await assay('results', 'verbs', '--format', 'json')).stdout)).counts
      .removed,
  ).toBe(1)
  expect((await assay('doctor')).code).toBe(0)
})

test('spell needs no database: findings as JSON lines, and words one by one from a pipe', async () => {
  const text = 'I recieve letters from my freind.'
  const findings = (await runAssay(['spell', '-'], { stdin: text })).stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { start: number; end: number; text: string; suggestions: string[] })
  expect(findings.map((finding) => text.slice(finding.start, finding.end))).toEqual(['recieve', 'freind'])
  expect(findings[0]!.suggestions[0]).toBe('receive')
  const words = (await runAssay(['spell', '-', '--words'], { stdin: 'receive\nrecieve\n' })).stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as object)
  expect(words).toMatchObject([
    { word: 'receive', known: true, suggestions: [] },
    { word: 'recieve', known: false },
  ])
})

test('the walk takes files whatever they are called, and leaves links, pipes, sockets, hidden and giant files out with a reason', async () => {
  const long = `${'n'.repeat(246)}.txt`
  const names = [
    '😴 later.txt',
    'שלום.txt',
    '\u202Etxt.exe.txt',
    'CON.txt',
    'e\u0301tude.txt',
    '\u00e9tude.txt',
    long,
    'it\'s 100% "done"; $(x) `y`.txt',
    'a\nb.txt',
  ]
  const dir = await folder('walk', Object.fromEntries(names.map((name, i) => [name, essayText(20 + i)])))
  await writeFile(
    Buffer.concat([Buffer.from(`${dir}/latin-`), Buffer.from([0xe9]), Buffer.from('.txt')]),
    essayText(40),
  )
  await folder('walk/deep', { 'same.txt': essayText(41) })
  await folder('walk', { '.hidden.txt': 'x', '~$lock.docx': 'x', 'Thumbs.db': 'x' })
  await symlink(dir, join(dir, 'loop'))
  await symlink('/etc/hostname', join(dir, 'outside.txt'))
  execFileSync('mkfifo', [join(dir, 'pipe.txt')])
  const socket = createServer().listen(join(dir, 'socket.txt'))
  await once(socket, 'listening')
  const giant = await open(join(dir, 'giant.txt'), 'w')
  await giant.truncate(3 * 1024 ** 3)
  await giant.close()
  try {
    const { code, stderr } = await assay('run', dir, '--out', join(place, 'walk-out'))
    expect(code).toBe(2)
    for (const left of [
      'loop is a link',
      'outside.txt is a link',
      'pipe.txt is a pipe',
      'socket.txt is a socket',
      '.hidden.txt is a hidden file',
      '~$lock.docx is the lock file',
      'Thumbs.db is a hidden file',
    ])
      expect(stderr).toContain(left)
    expect(stderr).toMatch(/rejected\s+giant\.txt: has 3072 MB/)
    // Nothing in a name takes effect on a terminal.
    expect(stderr).not.toContain('\u202E')
    expect(stderr).toContain('<U+202E>')
    const results = await readResults(join(place, 'walk-out'))
    expect(results.files.map((file) => file.fileName).sort()).toEqual(
      [...names.map((name) => name.replace('\n', '␊')), 'latin-\ufffd.txt', 'deep/same.txt'].sort(),
    )
    expect(results.counts).toMatchObject({ received: 11, slotsUsed: 11, rejected: 0 })
    const again = await assay('run', dir, '--out', join(place, 'walk-out'))
    expect(again.stderr).toContain('Nothing was new')
  } finally {
    socket.close()
  }
})
