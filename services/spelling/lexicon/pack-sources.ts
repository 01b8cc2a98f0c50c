// Rule: packs the two word lists of symspellpy (a PyPI wheel, unpacked in a folder) into the compact form kept here.
// From: docs/decisions/0003-spelling-data.md; run as `node services/spelling/lexicon/pack-sources.ts <folder>`.
// Does not promise: exact counts; they are kept as logarithms, to 4 % for pairs and 7 % for words.

import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { brotliCompressSync, constants } from 'node:zlib'
import { BIGRAM_FLOOR, BIGRAM_STEP, FREQUENCY_STEP } from '../engine/lexicon.ts'

const folder = process.argv[2] ?? '.'
const read = (name: string) =>
  readFileSync(join(folder, name), 'utf8')
    .replace(/^\uFEFF/, '')
    .split('\n')
    .map((line) => line.trim().split(' '))
    .filter((fields) => fields.length > 1)
const pack = (name: string, text: string) =>
  writeFileSync(
    new URL(`sources/${name}.br`, import.meta.url),
    brotliCompressSync(text, {
      params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_LGWIN]: 24 },
    }),
  )

const words = read('frequency_dictionary_en_82_765.txt').map(
  ([word, count]) => [word!, Number(count)] as const,
)
const total = words.reduce((sum, [, count]) => sum + count, 0)
const perMilliard = (count: number) =>
  Math.max(0, Math.round(FREQUENCY_STEP * Math.log((count / total) * 1e9)))
pack(
  'books-words.txt',
  words
    .map(([word, count]) => `${word} ${perMilliard(count)}`)
    .toSorted()
    .join('\n'),
)

const pairs = new Map<string, string[]>()
for (const [first, second, count] of read('frequency_bigramdictionary_en_243_342.txt')) {
  const level = Math.round((Math.log(Number(count)) - BIGRAM_FLOOR) * BIGRAM_STEP)
  const seconds = pairs.get(first!) ?? []
  pairs.set(first!, seconds)
  seconds.push(`${second!} ${level}`)
}
pack(
  'books-pairs.txt',
  [...pairs]
    .map(([first, seconds]) => `${first} ${seconds.toSorted().join(' ')}`)
    .toSorted()
    .join('\n'),
)
