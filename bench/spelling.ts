// Rule: how good and how fast the spelling engine is, against what it must reach and what it should.
// From: the list of misspellings beside the project when it is there, and our own texts in the testdata folder.
// Does not promise: the same figure twice on a busy machine; the A/A row says how far two equal runs differ.

import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { createEngine, loadLexicon, type SpellingEngine } from '../services/spelling/engine/engine.ts'
import { measure, readMisspellings, readTestdata, type Row } from '../services/spelling/engine/measure.ts'

/** Running words in an essay, and how many of them are misspelt: about one in twenty-five. */
const ESSAY_WORDS = 500
const ESSAYS = 200
const ERRORS_EVERY = 25
const REPEATS = 5
/** Suggestions a second of the prototype that the design was measured with. */
const PROTOTYPE = 3330

function invent(clean: string, misspelt: string[]): string[] {
  const words = clean.split(/\s+/)
  let at = 0
  let error = 0
  return Array.from({ length: ESSAYS }, () =>
    Array.from({ length: ESSAY_WORDS }, (_, i) =>
      i % ERRORS_EVERY === ERRORS_EVERY - 1 && misspelt.length > 0
        ? misspelt[error++ % misspelt.length]!
        : words[at++ % words.length]!,
    ).join(' '),
  )
}

/** By processor time, garbage collection included: what one core does, however busy the others are. */
const perSecond = (count: number, run: () => void) => {
  const start = process.cpuUsage()
  run()
  const { user, system } = process.cpuUsage(start)
  return (count / (user + system)) * 1e6
}
const middle = (values: number[]) => values.toSorted((a, b) => a - b)[values.length >> 1]!

function timed(name: string, unit: string, must: number, goal: number, values: number[]): Row {
  const value = middle(values)
  return {
    name: `${name} (${unit})`,
    value,
    low: Math.min(...values),
    high: Math.max(...values),
    must,
    goal,
    met: must > goal ? value <= must : value >= must,
  }
}

/** Seconds to load and the process's resident megabytes after some work, each in a fresh process. */
function fresh(): { seconds: number; megabytes: number } {
  const script = `
    import { createEngine, loadLexicon } from ${JSON.stringify(new URL('../services/spelling/engine/engine.ts', import.meta.url).href)}
    const start = performance.now()
    const engine = createEngine(loadLexicon(), { dialect: 'gb' })
    engine.check('One word mispelt.')
    const seconds = (performance.now() - start) / 1000
    for (let i = 0; i < 300; i++) engine.check('Anuther sentense that is mispeled numbr ' + i + ' agian.')
    console.log(JSON.stringify({ seconds, megabytes: process.memoryUsage().rss / 1e6 }))`
  return JSON.parse(
    execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' }),
  ) as { seconds: number; megabytes: number }
}

export async function benchSpelling(): Promise<Row[]> {
  const lexicon = loadLexicon()
  const engine = (): SpellingEngine => createEngine(lexicon, { dialect: 'gb' })
  const { clean, hard } = readTestdata()
  const list = readMisspellings()
  const rows: Row[] = []
  if (list === undefined) console.log('no list of misspellings beside the project: its rows are left out')
  else {
    const { first, five } = measure(engine(), list)
    rows.push({
      name: 'first suggestion (%)',
      value: first,
      low: first,
      high: first,
      must: 90,
      goal: 90,
      met: first >= 90,
    })
    rows.push({
      name: 'in the first five (%)',
      value: five,
      low: five,
      high: five,
      must: 96,
      goal: 96,
      met: five >= 96,
    })
  }
  const typed = [...(list ?? hard).keys()]
  const essays = invent(clean, typed)
  for (let i = 0; i < 2; i++) engine().check(essays.join(' '))

  const essayRuns = (): number[] =>
    Array.from({ length: REPEATS }, () => {
      // A fresh engine each time: nothing remembered.
      const cold = engine()
      return perSecond(ESSAYS, () => {
        for (const essay of essays) cold.check(essay)
      })
    })
  const one = essayRuns()
  const two = essayRuns()
  rows.push(timed('essays of 500 words', 'per second, one core', 150, 260, one))
  const ratio = middle(two) / middle(one)
  rows.push({
    name: 'A/A: the same again (ratio)',
    value: ratio,
    low: ratio,
    high: ratio,
    must: '',
    goal: '',
    met: null,
  })
  const suggestions = Array.from({ length: REPEATS }, () => {
    const cold = engine()
    return perSecond(typed.length, () => {
      for (const word of typed) cold.suggest(word)
    })
  })
  rows.push(timed('suggestions', 'per second, one core', PROTOTYPE, 6500, suggestions))
  const runs = Array.from({ length: REPEATS }, fresh)
  rows.push(
    timed(
      'load',
      'seconds',
      0.5,
      0.3,
      runs.map((r) => r.seconds),
    ),
  )
  rows.push(
    timed(
      'memory of the whole process',
      'MB',
      150,
      120,
      runs.map((r) => r.megabytes),
    ),
  )
  return rows
}

if (
  process.argv[1] !== undefined &&
  existsSync(process.argv[1]) &&
  fileURLToPath(import.meta.url) === process.argv[1]
)
  for (const { name, value, low, high, must, goal, met } of await benchSpelling())
    console.log(
      `${name.padEnd(48)} ${value.toFixed(2).padStart(9)}  [${low.toFixed(2)}, ${high.toFixed(2)}]  must ${must}  goal ${goal}  ${met ? 'met' : 'NOT MET'}`,
    )
