// Rule: reads the lists that are kept in this folder.
// From: pack-sources.ts (the packed lists) and our own hand (the .txt files).
// Does not promise: anything about words these lists do not hold.

import { readFileSync } from 'node:fs'
import { brotliDecompressSync } from 'node:zlib'

const packed = (name: string) =>
  brotliDecompressSync(readFileSync(new URL(`sources/${name}.br`, import.meta.url))).toString('utf8')
const lines = (name: string) =>
  readFileSync(new URL(name, import.meta.url), 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))

/** Word to its level in books, FREQUENCY_STEP × ln(per thousand million). */
export function readBookWords(): Map<string, number> {
  return new Map(
    packed('books-words.txt')
      .split('\n')
      .map((line) => {
        const [word, level] = line.split(' ')
        return [word!, Number(level)]
      }),
  )
}

export type Pair = [first: string, second: string, level: number]

export function readPairs(): Pair[] {
  const pairs: Pair[] = []
  for (const line of packed('books-pairs.txt').split('\n')) {
    const fields = line.split(' ')
    for (let i = 1; i < fields.length; i += 2) pairs.push([fields[0]!, fields[i]!, Number(fields[i + 1])])
  }
  return pairs
}

export const readExtraWords = (): string[] => lines('extra-words.txt').flatMap((line) => line.split(' '))
export const readNeverSuggested = (): Set<string> =>
  new Set(lines('never-suggest.txt').flatMap((line) => line.split(' ')))
