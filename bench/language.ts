/**
 * Language analysis of one text: speed of the figures and of the hints, and what the grammar checker
 * costs to hold. Alone: `node bench/language.ts`. Times are CPU time of the one thread that works, so
 * that a busy machine counts for little.
 */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Worker, isMainThread, parentPort, workerData } from 'node:worker_threads'
import { createLanguageEngine } from '#services/language/analysis/engine.ts'
import { measure } from '#services/language/analysis/metrics.ts'
import { CLEAN_ESSAYS, TEMPTING_SENTENCES } from '#services/language/analysis/samples.ts'
import { findSentences } from '#services/language/analysis/sentences.ts'

export interface Row {
  readonly name: string
  readonly value: number
  /** Fastest and slowest tenth of the runs; equal to the value where there was one run. */
  readonly low: number
  readonly high: number
  readonly must: string
  readonly goal: string
  readonly met: boolean
}

const ESSAY_WORDS = 500

/** A sentence as a weak writer has it: one in six has something to hint at, as in our sample class. */
function spoil(sentence: string): string {
  return sentence
    .replace(/\bthan\b/, 'then')
    .replace(/\ban ([aeio])/, 'a $1')
    .replace(/\btheir\b/, 'there')
    .replace(/\b(could|would) have\b/, '$1 of')
    .replace(/\bIt's\b/, 'Its')
}

/**
 * Essays of 500 words that share no sentence: harper.js remembers sentences, and a repeated one costs
 * nothing. Each sentence is made new by the names in it; `seed` makes other essays.
 */
function essays(count: number, seed: number): string[] {
  const all = [...CLEAN_ESSAYS, TEMPTING_SENTENCES.join(' ')].flatMap((text) =>
    findSentences(text).map(({ start, end }) => text.slice(start, end).replace(/\s+/g, ' ')),
  )
  const nouns =
    'river school garden teacher winter library window market journey kitchen holiday village'.split(' ')
  let state = seed
  const next = (below: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
  return Array.from({ length: count }, () => {
    const sentences: string[] = []
    for (let words = 0; words < ESSAY_WORDS;) {
      const plain = all[next(all.length)]!
      const noun = () => nouns[next(nouns.length)]!
      const own = `${plain.replace(/[.!?”’"]+$/, '')}, near the ${noun()} of the ${noun()} by the ${noun()} and the ${noun()}.`
      const sentence = next(6) === 0 ? spoil(own) : own
      sentences.push(sentence)
      words += sentence.split(' ').length
    }
    return sentences.map((sentence, i) => sentence + (i % 8 === 7 ? '\n\n' : ' ')).join('')
  })
}

const cpu = (): number => {
  const { user, system } = process.threadCpuUsage()
  return (user + system) / 1000
}

function spread(runs: readonly number[]): Pick<Row, 'value' | 'low' | 'high'> {
  const sorted = [...runs].sort((a, b) => a - b)
  const at = (share: number): number => sorted[Math.floor(share * (sorted.length - 1))]!
  return { value: at(0.5), low: at(0.1), high: at(0.9) }
}

const perSecond = ({ value, low, high }: Pick<Row, 'value' | 'low' | 'high'>) => ({
  value: 1000 / value,
  low: 1000 / high,
  high: 1000 / low,
})

/** Proportional set size of the process in MB; 0 where the system does not tell. */
function memory(): number {
  try {
    return Number(/^Pss:\s+(\d+)/m.exec(readFileSync('/proc/self/smaps_rollup', 'utf8'))?.[1] ?? 0) / 1024
  } catch {
    return 0
  }
}

async function measureHere(hints: boolean) {
  const from = cpu()
  const engine = createLanguageEngine({ hints })
  await engine.analyse('It was late.', { locale: 'en-GB' })
  const loaded = cpu() - from
  for (const essay of essays(40, 1)) await engine.analyse(essay, { locale: 'en-GB' })
  const runs: number[] = []
  const batch = 10
  const texts = essays(200, 2)
  for (let i = 0; i < texts.length; i += batch) {
    const before = cpu()
    for (const text of texts.slice(i, i + batch)) await engine.analyse(text, { locale: 'en-GB' })
    runs.push((cpu() - before) / batch)
  }
  await engine.close()
  return { loaded, runs }
}

type Measured = Awaited<ReturnType<typeof measureHere>>

/** In a thread of its own, as in production; memory is what the process grew by. */
async function measureInWorker(hints: boolean): Promise<Measured & { grown: number }> {
  const before = memory()
  const worker = new Worker(fileURLToPath(import.meta.url), { workerData: { benchLanguage: hints } })
  const measured = await new Promise<Measured & { peak: number }>((resolve, reject) =>
    worker.once('message', resolve).once('error', reject),
  )
  await worker.terminate()
  return { ...measured, grown: measured.peak - before }
}

function row(
  name: string,
  figures: Pick<Row, 'value' | 'low' | 'high'>,
  sign: '>=' | '<=',
  must: number,
  goal: number,
): Row {
  const met = sign === '>=' ? figures.value >= must : figures.value <= must
  return { name, ...figures, must: `${sign} ${must}`, goal: `${sign} ${goal}`, met }
}

const once = (value: number) => ({ value, low: value, high: value })

export async function benchLanguage(): Promise<Row[]> {
  const plain = await measureInWorker(false)
  const hinted = await measureInWorker(true)
  const sizes = [250_000, 2_000_000].map((size) => {
    const text = essays(100, 3).join('').repeat(8).slice(0, size)
    const before = cpu()
    measure(text)
    return (cpu() - before) / size
  })
  return [
    row('language: essays of 500 words a second, figures', perSecond(spread(plain.runs)), '>=', 150, 500),
    row('language: essays of 500 words a second, with hints', perSecond(spread(hinted.runs)), '>=', 30, 66),
    row('language: CPU ms an essay, with hints', spread(hinted.runs), '<=', 33, 15),
    row('language: CPU ms to the first figures', once(plain.loaded), '<=', 300, 100),
    row('language: CPU ms to the first hint', once(hinted.loaded), '<=', 4_000, 2_000),
    row('language: MB a thread, figures', once(plain.grown), '<=', 60, 30),
    row('language: MB a thread, with hints', once(hinted.grown), '<=', 400, 300),
    row('language: cost of a character in 2 MB over 250 kB', once(sizes[1]! / sizes[0]!), '<=', 2, 1.2),
  ]
}

const data = workerData as { benchLanguage?: boolean } | null
if (!isMainThread && data?.benchLanguage !== undefined) {
  const measured = await measureHere(data.benchLanguage)
  parentPort!.postMessage({ ...measured, peak: memory() })
} else if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const { name, value, low, high, must, goal, met } of await benchLanguage()) {
    const figures = [value, low, high].map((figure) => figure.toFixed(1).padStart(9)).join('')
    console.log(`${met ? 'met   ' : 'MISSED'} ${name.padEnd(54)}${figures}   must ${must}, goal ${goal}`)
  }
}
