// npm run bench [-- --json] [--only pipeline,slots] [--quick]
import { existsSync } from 'node:fs'
import { cpus } from 'node:os'
import { parseArgs } from 'node:util'
import { heading, line, type Family, type Row } from './harness.ts'

/** In the order of the table; each is a file of this folder with one function `bench<Family>`. */
const families = [
  'pipeline',
  'class',
  'statements',
  'events',
  'slots',
  'growth',
  'memory',
  'event-loop',
  'upload',
  'spelling',
  'language',
  'results',
  'page',
  'live',
]

const { values } = parseArgs({
  options: { json: { type: 'boolean' }, quick: { type: 'boolean' }, only: { type: 'string' } },
})
const wanted = values.only?.split(',') ?? families
const unknown = wanted.filter((name) => !families.includes(name))
if (unknown.length > 0) {
  process.stderr.write(
    `There is no family "${unknown.join('", "')}". The families are ${families.join(', ')}.\n`,
  )
  process.exit(2)
}

const say = (text: string): void => void process.stderr.write(`${text}\n`)
const nameOf = (family: string): string =>
  `bench${family
    .split('-')
    .map((part) => part[0]!.toUpperCase() + part.slice(1))
    .join('')}`

if (!values.json)
  process.stdout.write(
    `Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}\n${heading}\n`,
  )
let missed = 0
let broken = false
for (const family of families.filter((name) => wanted.includes(name))) {
  const file = new URL(`./${family}.ts`, import.meta.url)
  if (!existsSync(file)) continue
  const began = performance.now()
  const { [nameOf(family)]: bench } = (await import(file.href)) as Record<string, Family>
  if (!bench) throw new Error(`${family}.ts has no ${nameOf(family)}`)
  try {
    for (const row of await bench({ quick: values.quick ?? false, say })) print(row)
  } catch (error) {
    // The other families still have something to say.
    broken = true
    say(`${family} broke off: ${error instanceof Error ? error.stack : String(error)}`)
  }
  say(`${family} took ${((performance.now() - began) / 1000).toFixed(0)} s`)
}
// What is shared between families is put away at the end.
const { closeLadder } = await import('./ladder.ts')
await closeLadder()
// A quick run shows that everything runs; its figures decide nothing.
process.exitCode = broken || (missed > 0 && !values.quick) ? 1 : 0

function print(row: Row): void {
  if (row.met === false) missed++
  process.stdout.write(`${values.json ? JSON.stringify(row) : line(row)}\n`)
}
