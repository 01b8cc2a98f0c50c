/**
 * Compares what is read here, word for word, with LibreOffice and pdftotext, and with what was written.
 * From: the specification: F1 of words, median at least 0.995, and 95 % of the files at least 0.95.
 * Does not promise: a comparison where those tools are absent; then it says so and ends well.
 *
 * Both sides leave out what the specification leaves out, or a short file with a list would count as misread:
 * of LibreOffice it takes the model of the document (agreement-reference.py), of pdftotext the pages without the
 * lines that repeat at their ends. No file is dropped: one that only the other side reads counts 0; one in which
 * neither finds a word is named and counts nothing.
 *
 * node services/files/reading/agreement.ts [seeds] [folder of real files …]
 */
import { execFile } from 'node:child_process'
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, extname, join } from 'node:path'
import { promisify } from 'node:util'
import { makeDocx, makeOdt, makePdf } from './agreement-documents.ts'
import { createReaderPool } from './reader-pool.ts'

const run = promisify(execFile)

const WORD = /[\p{L}\p{N}\p{M}]+(?:['’.-][\p{L}\p{N}\p{M}]+)*/gu
const wordsOf = (text: string) =>
  text
    .normalize('NFKC')
    .replace(/[\u00ad\u200b\ufeff]/g, '')
    .replace(/[‐‑]/g, '-')
    .match(WORD) ?? []

export function compare(
  ours: string[],
  theirs: string[],
): { f1: number; extra: string[]; missing: string[] } {
  const left = new Map<string, number>()
  for (const word of theirs) left.set(word, (left.get(word) ?? 0) + 1)
  const extra: string[] = []
  let hits = 0
  for (const word of ours) {
    const n = left.get(word) ?? 0
    if (n > 0) {
      hits++
      left.set(word, n - 1)
    } else extra.push(word)
  }
  const missing = [...left].flatMap(([word, n]) => Array.from({ length: n }, () => word))
  const all = ours.length + theirs.length
  return { f1: all === 0 ? 1 : (2 * hits) / all, extra, missing }
}

/** What the specification leaves out and the tools print: heads and feet, deleted words, numbers of lists and notes. */
const cleaned = (text: string) =>
  text
    .replace(/Runninghead Smith \d+|Page \d+ of \d+|Smith, History essay|deletedword/g, ' ')
    .replace(/^\s*\d{1,2}\.?\s*$|^\s{2,}\d+\.\s/gm, ' ')
    .replace(/(\p{L}[.!?])\d{1,2}(?=\s)/gu, '$1')

const works = (command: string, ...args: string[]) =>
  run(command, args, { timeout: 60_000 }).then(
    () => true,
    () => false,
  )

async function convert(to: string, folder: string, profile: string, files: string[]): Promise<void> {
  if (files.length === 0) return
  const args = [
    `-env:UserInstallation=file://${profile}`,
    '--headless',
    '--convert-to',
    to,
    '--outdir',
    folder,
    ...files,
  ]
  await run('soffice', args, { timeout: 300_000 })
}

const pdftotext = async (path: string) =>
  (await run('pdftotext', ['-enc', 'UTF-8', path, '-'], { maxBuffer: 1 << 28 })).stdout

/** Lines looked at from each end of a page. */
const ENDS = 4

/** The pages of pdftotext without what stands at the ends of at least two and a third of them, digits apart. */
function withoutHeads(text: string): string {
  const pages = text
    .replace(/\f$/, '')
    .split('\f')
    .map((page) => page.split('\n').filter((line) => line.trim() !== ''))
  const key = (line: string) =>
    line
      .trim()
      .replace(/\s+/g, ' ')
      .replace(/\d+|^[ivxl]+$/g, '#')
  const isEnd = (i: number, page: string[]) => i < ENDS || i >= page.length - ENDS
  const found = new Map<string, number>()
  for (const page of pages) {
    for (const one of new Set(page.filter((_, i) => isEnd(i, page)).map(key)))
      found.set(one, (found.get(one) ?? 0) + 1)
  }
  const isHead = (line: string) => {
    const on = found.get(key(line)) ?? 0
    return on >= 2 && on >= pages.length / 3
  }
  const rest = pages.flatMap((page) => page.filter((line, i) => !isEnd(i, page) || !isHead(line)))
  return rest.length > 0 ? rest.join('\n') : text
}

/** LibreOffice's own model of each file; false when no Python knows `uno`. */
async function writeModels(folder: string, profile: string, files: string[]): Promise<boolean> {
  const script = join(import.meta.dirname, 'agreement-reference.py')
  for (const python of ['/usr/bin/python3', 'python3']) {
    if (!(await works(python, '-c', 'import uno'))) continue
    const { stdout } = await run(python, [script, profile, folder, ...files], { maxBuffer: 1 << 26 })
    if (stdout) console.log(`not opened by LibreOffice:\n${stdout}`)
    return true
  }
  console.log('without python3-uno LibreOffice prints lists and changes too, and glues the marks of notes')
  return false
}

function summary(name: string, scores: number[]): void {
  const sorted = [...scores].sort((a, b) => a - b)
  if (sorted.length === 0) return
  const at = (share: number) =>
    sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]!.toFixed(4)
  const share = ((sorted.filter((f) => f >= 0.95).length / sorted.length) * 100).toFixed(1)
  console.log(
    `${name}: ${sorted.length} files, median ${at(0.5)}, 5th percentile ${at(0.05)}, least ${at(0)}, ${share} % at 0.95 or more`,
  )
}

async function main(seeds: number, folders: string[]): Promise<void> {
  if (!(await works('pdftotext', '-v')) || !(await works('soffice', '--version'))) {
    console.log('skipped: pdftotext (poppler-utils) and soffice (libreoffice-writer) are needed')
    return
  }
  const work = await mkdtemp(join(tmpdir(), 'agreement-'))
  const folder = (name: string) => join(work, name)
  const [made, again, texts, found, models] = [
    folder('made'),
    folder('again'),
    folder('texts'),
    folder('found'),
    folder('models'),
  ] as const
  const profile = folder('profile')
  await Promise.all([made, again, texts, found, models].map((one) => mkdir(one)))
  const pool = createReaderPool()
  try {
    const truths = new Map<string, string>()
    for (let seed = 1; seed <= seeds; seed++) {
      for (const one of [...(await makeDocx(seed)), ...(await makeOdt(seed)), ...(await makePdf(seed))]) {
        await writeFile(join(made, one.name), one.bytes)
        truths.set(basename(one.name, extname(one.name)), one.truth)
      }
    }
    const sources = (await readdir(made)).map((name) => join(made, name))
    const writable = sources.filter((file) => !file.endsWith('.pdf'))
    for (const format of ['odt', 'rtf', 'pdf', 'docx']) {
      await convert(format, again, profile, writable)
    }
    const real: string[] = []
    for (const folder of folders) {
      for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
        if (!entry.isFile() || !/\.(?:docx|odt|ott|rtf|pdf)$/i.test(entry.name)) continue
        // Two folders may hold the same name.
        const copy = join(found, `${real.length}-${entry.name}`)
        await copyFile(join(entry.parentPath, entry.name), copy)
        real.push(copy)
      }
    }
    await convert('txt:Text (encoded):UTF8', texts, profile, writable)
    const realWritable = real.filter((file) => !/pdf$/i.test(file))
    if (realWritable.length > 0 && !(await writeModels(models, profile, realWritable)))
      await convert('txt:Text (encoded):UTF8', texts, profile, realWritable)

    const scores: Record<string, number[]> = { 'with what was written': [], 'with the tools': [] }
    const scored = (name: string, f1: number) => (scores[name] ??= []).push(f1)
    const files = [...sources, ...(await readdir(again)).map((name) => join(again, name)), ...real]
    for (const path of files) {
      const stem = basename(path, extname(path))
      const reading = await pool.read({ path, fileName: basename(path) })
      const truth = truths.get(stem)
      const isReal = truth === undefined
      const group = isReal
        ? `real ${extname(path).slice(1).toLowerCase()} files, with the tools`
        : 'with the tools'
      const modelOf = () => readFile(join(models, `${basename(path)}.txt`), 'utf8')
      const textOf = () => readFile(join(texts, `${stem}.txt`), 'utf8')
      const theirs = /\.pdf$/i.test(path)
        ? await pdftotext(path).then(isReal ? withoutHeads : String, () => '')
        : await modelOf()
            .catch(textOf)
            .catch(() => '')
      if (!reading.ok) {
        const empty = wordsOf(theirs).length === 0
        console.log(
          `${reading.error.code.padEnd(14)} ${basename(path)}${empty ? ' (no words for the tool either)' : ''}`,
        )
        if (!empty) scored(group, 0)
        continue
      }
      const ours = wordsOf(reading.text)
      // LibreOffice's plain text has no notes and no text boxes; its print has them.
      const printed = isReal || path.endsWith('.pdf') ? [] : [await pdftotext(join(again, `${stem}.pdf`))]
      const tool = [theirs, ...printed]
        .map((text) => compare(ours, wordsOf(isReal ? text : cleaned(text))))
        .reduce((best, one) => (one.f1 > best.f1 ? one : best))
      const own = truth === undefined ? undefined : compare(ours, wordsOf(truth))
      scored(group, tool.f1)
      if (own) scored('with what was written', own.f1)
      const worst = own ?? tool
      const why =
        worst.f1 < 0.9999
          ? ` extra: ${worst.extra.slice(0, 8).join(' ')} | missing: ${worst.missing.slice(0, 8).join(' ')}`
          : ''
      console.log(`${own?.f1.toFixed(4) ?? '      '} ${tool.f1.toFixed(4)} ${basename(path)}${why}`)
    }
    for (const [name, list] of Object.entries(scores)) summary(name, list)
    summary(
      'all real files, with the tools',
      Object.entries(scores).flatMap(([name, list]) => (name.startsWith('real') ? list : [])),
    )
  } finally {
    await pool.close()
    await rm(work, { recursive: true })
  }
}

if (import.meta.main) await main(Number(process.argv[2] ?? 2), process.argv.slice(3))
