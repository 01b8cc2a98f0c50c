/**
 * Compares what is read here, word for word, with LibreOffice and pdftotext, and with what was written.
 * From: the specification: F1 of words, median at least 0.995, and 95 % of the files at least 0.95.
 * Does not promise: a comparison where those tools are absent; then it says so and ends well.
 *
 * node services/files/reading/agreement.ts [seeds] [folder of real files …]
 */
import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
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
  const [made, again, texts, profile] = ['made', 'again', 'texts', 'profile'].map((name) =>
    join(work, name),
  ) as [string, string, string, string]
  await Promise.all([made, again, texts].map((folder) => mkdir(folder)))
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
        if (entry.isFile() && /\.(?:docx|odt|ott|rtf|pdf)$/i.test(entry.name))
          real.push(join(entry.parentPath, entry.name))
      }
    }
    await convert('txt:Text (encoded):UTF8', texts, profile, [
      ...writable,
      ...real.filter((file) => !/pdf$/i.test(file)),
    ])

    const scores: Record<string, number[]> = {
      'with what was written': [],
      'with the tools': [],
      'real files, with the tools': [],
    }
    const files = [...sources, ...(await readdir(again)).map((name) => join(again, name)), ...real]
    for (const path of files) {
      const stem = basename(path, extname(path))
      const reading = await pool.read({ path, fileName: basename(path) })
      const theirs = /\.pdf$/i.test(path)
        ? await pdftotext(path)
        : await readFile(join(texts, `${stem}.txt`), 'utf8').catch(() => '')
      const truth = truths.get(stem)
      const isReal = truth === undefined
      if (!reading.ok) {
        const empty = wordsOf(theirs).length === 0
        console.log(
          `${reading.error.code.padEnd(14)} ${isReal ? path : basename(path)}${empty ? ' (no words for the tool either)' : ''}`,
        )
        if (!empty) scores[isReal ? 'real files, with the tools' : 'with the tools']!.push(0)
        continue
      }
      const ours = wordsOf(reading.text)
      // LibreOffice writes no notes and no text boxes as plain text, but prints them.
      const printed = isReal || path.endsWith('.pdf') ? [] : [await pdftotext(join(again, `${stem}.pdf`))]
      const tool = [theirs, ...printed]
        .map((text) => compare(ours, wordsOf(isReal ? text : cleaned(text))))
        .reduce((best, one) => (one.f1 > best.f1 ? one : best))
      const own = truth === undefined ? undefined : compare(ours, wordsOf(truth))
      scores[isReal ? 'real files, with the tools' : 'with the tools']!.push(tool.f1)
      if (own) scores['with what was written']!.push(own.f1)
      const worst = own ?? tool
      const why =
        worst.f1 < 0.9999
          ? ` extra: ${worst.extra.slice(0, 8).join(' ')} | missing: ${worst.missing.slice(0, 8).join(' ')}`
          : ''
      console.log(
        `${own?.f1.toFixed(4) ?? '      '} ${tool.f1.toFixed(4)} ${isReal ? path : basename(path)}${why}`,
      )
    }
    for (const [name, list] of Object.entries(scores)) summary(name, list)
  } finally {
    await pool.close()
    await rm(work, { recursive: true })
  }
}

if (import.meta.main) await main(Number(process.argv[2] ?? 2), process.argv.slice(3))
