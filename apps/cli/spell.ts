import { createReadStream } from 'node:fs'
import { text as readAll } from 'node:stream/consumers'
import { createSpellingEngine, loadLexicon } from '#apps/server/offline.ts'
import { printJson } from './connect.ts'
import { fromHere } from './flags.ts'

/** Findings of a text, or an answer for each line's word, as JSON lines on stdout. */
export async function spell(file: string, flags: { words?: boolean; dialect: 'gb' | 'us' }): Promise<void> {
  const input = await readAll(file === '-' ? process.stdin : createReadStream(fromHere(file)))
  const engine = createSpellingEngine(loadLexicon(), { dialect: flags.dialect })
  if (!flags.words) {
    for (const finding of engine.check(input)) printJson(finding)
    return
  }
  const lines = input.split(/\r?\n/)
  // The line end behind the last word is not a word.
  if (lines.at(-1) === '') lines.pop()
  for (const line of lines) {
    const word = line.trim()
    const known = engine.known(word)
    printJson({ word, known, suggestions: known ? [] : engine.suggest(word, { limit: 5 }) })
  }
}
