import { expect, test } from 'vitest'
import { BatchId, SchoolId, type Phase } from '#contracts/common.ts'
import { sha256 } from '#platform/ids.ts'
import { createAhead } from './ahead.ts'
import { createLanguageEngine } from './analysis/engine.ts'

const schoolId = SchoolId.parse('019a0000-0000-7000-8000-000000000001')
const otherSchool = SchoolId.parse('019a0000-0000-7000-8000-000000000002')
const batchId = BatchId.parse('019a0000-0000-7000-8000-000000000003')
const engine = createLanguageEngine({ hints: false })
const texts = ['The dog ran home.', 'It rained all day, and nobody came.', 'We waited.']
const essays = texts.map((text) => ({ schoolId, batchId, textHash: sha256(text), words: 7 }))

/** A school with the three texts; `begun` are the texts whose check was begun, in order. */
function school(options: { phases?: Phase[]; checked?: string[] } = {}) {
  const begun: string[] = []
  const idle: (() => void)[] = []
  const ahead = createAhead({
    files: {
      getTexts: async (_school, hashes) =>
        new Map(texts.filter((text) => hashes.includes(sha256(text))).map((text) => [sha256(text), text])),
    },
    batches: {
      findBatch: async () => ({
        batchId,
        title: 'Autumn',
        ownerId: null,
        prompt: null,
        capacity: null,
        phases: options.phases ?? ['spelling', 'language'],
        locale: 'en-GB',
      }),
    },
    listChecked: async () => new Set((options.checked ?? []).map(sha256)),
    check: (text, locale) => {
      begun.push(text)
      return engine.analyse(text, { locale })
    },
    abreast: 1,
    onIdle: () => idle.splice(0).forEach((resolve) => resolve()),
  })
  return {
    ahead,
    begun,
    /** Notes the essays and waits until nothing is left to do ahead. */
    note: (noted = essays) =>
      new Promise<void>((resolve) => {
        idle.push(resolve)
        ahead.note(noted)
      }),
  }
}

test('an essay in a slot is checked before a run asks, and the result is given once', async () => {
  const { ahead, note } = school()
  await note()
  const found = ahead.take(essays[0]!, 'en-GB')
  expect(found).toEqual(await engine.analyse(texts[0]!, { locale: 'en-GB' }))
  expect(ahead.take(essays[0]!, 'en-GB')).toBeNull()
})

test('a result is for the language that was set and for the school that handed it in', async () => {
  const { ahead, note } = school()
  await note()
  expect(ahead.take(essays[1]!, 'en-US')).toBeNull()
  expect(ahead.take({ ...essays[1]!, schoolId: otherSchool }, 'en-GB')).toBeNull()
})

test('what was erased is not kept here', async () => {
  const { ahead, note } = school()
  await note()
  ahead.forgetAll()
  expect(ahead.take(essays[0]!, 'en-GB')).toBeNull()
})

test('a batch that does not want the phase, a text that has a result, and one that is no essay, cost nothing', async () => {
  const spellingOnly = school({ phases: ['spelling'] })
  await spellingOnly.note()
  expect(spellingOnly.begun).toEqual([])
  const known = school({ checked: [texts[1]!] })
  await known.note()
  expect(known.begun).toEqual([texts[0], texts[2]])
  const book = school()
  await book.note(essays.map((essay) => ({ ...essay, words: 100_000 })))
  expect(book.begun).toEqual([])
})

test('nothing is begun ahead while somebody waits, and what was asked for meanwhile is left out', async () => {
  const { ahead, begun, note } = school()
  let answer = (): void => {}
  const asked = ahead.meanwhile(() => new Promise<void>((resolve) => (answer = resolve)))
  const idle = note()
  // A turn of the event loop, in which anything that was to begin would have begun.
  await new Promise((resolve) => setImmediate(resolve))
  expect(begun).toEqual([])
  expect(ahead.take(essays[1]!, 'en-GB')).toBeNull()
  answer()
  await Promise.all([asked, idle])
  expect(begun).toEqual([texts[0], texts[2]])
})

test('a check that fails ahead is left to the run that asks, and the next essays are still checked ahead', async () => {
  const { ahead, note } = school()
  await note([{ schoolId, batchId, textHash: sha256('nobody stored this'), words: 3 }])
  await note()
  expect(ahead.take(essays[2]!, 'en-GB')).not.toBeNull()
})
