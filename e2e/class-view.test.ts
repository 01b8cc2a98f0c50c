import { afterAll, beforeAll, expect, test } from 'vitest'
import type { BatchResults, ClassView, EssayResult } from '#contracts/results.ts'
import type { Stamp } from '#contracts/realtime.ts'
import { makeBrokenDocx } from '#platform/testing/documents/bad.ts'
import { textFile } from './client.ts'
import { startSystem, type System } from './system.ts'

let system: System
beforeAll(async () => {
  system = await startSystem()
})
afterAll(() => system?.stop())

/** Where the caller's stream stands is no part of what is said; every live answer says it. */
function unstamped<T extends object>(answer: T): T {
  const { epoch, seq, ...rest } = answer as T & Partial<Stamp>
  expect([typeof epoch, typeof seq]).toEqual(['string', 'number'])
  return rest as T
}

const sentence = 'We went to the river because the weather was fine, and then we came home for tea. '
const essay = (name: string, extra: string, times: number) =>
  textFile(name, `${sentence.repeat(times)}${extra}`)

test('the view of a class is what its results say, together', async () => {
  const { batchId } = await system.createBatch({ title: 'Year 9' })
  await system.upload(batchId, [
    essay('anna.txt', 'It was definately the best day. The goverment agreed.', 3),
    essay('ben.md', 'It was definately a long way. However, nobody was tired.', 5),
    essay('cleo.txt', 'Nothing went wrong.', 9),
    { name: 'broken.docx', bytes: makeBrokenDocx() },
  ])
  await system.settled(batchId)
  const classOf = () => system.json<ClassView>('GET', `batches/${batchId}/class`)
  expect(await classOf()).toMatchObject({
    pipeline: null,
    done: { spelling: { succeeded: 0, failed: 0, of: 3 } },
    spreads: { per100Words: null, readingGrade: null },
    patterns: { misspelt: { total: 0, items: [] }, connectives: [] },
  })
  await system.run(batchId)
  const results = await system.results(batchId)
  const view = await classOf()
  expect(view).toMatchObject({
    title: 'Year 9',
    counts: results.counts,
    pipeline: results.pipeline,
    done: {
      spelling: { succeeded: 3, failed: 0, of: 3 },
      language: { succeeded: 3, failed: 0, of: 3 },
    },
    composition: {
      formats: [
        { format: 'txt', files: 2 },
        { format: 'md', files: 1 },
      ],
      sizeBytes: { count: 3 },
    },
    failures: [],
    rejected: [{ fileName: 'broken.docx', error: { code: expect.any(String) } }],
  })
  expect(
    view.essays.map(({ essayId, slot, words, spellingFindings }) => [essayId, slot, words, spellingFindings]),
  ).toEqual(results.essays.map((each) => [each.essayId, each.slot, each.words, each.spelling.findingCount]))
  expect(view.patterns.misspelt.items).toEqual([
    { written: 'definately', suggestion: 'definitely', kind: 'non-word', essays: 2, times: 2 },
    { written: 'goverment', suggestion: 'government', kind: 'non-word', essays: 1, times: 1 },
  ])
  const causal = results.essays.map((each) => each.language.metrics!.connectives.causal)
  expect(view.patterns.connectives.find((each) => each.kind === 'causal')).toEqual({
    kind: 'causal',
    times: causal.reduce((sum, count) => sum + count),
    essays: causal.filter((count) => count > 0).length,
  })
  const words = results.essays.map((each) => each.words).toSorted((a, b) => a - b)
  expect(view.spreads.words).toMatchObject({ low: words[0], median: words[1], high: words[2] })
})

test('a summary and a single essay are parts of the full results, to the letter', async () => {
  const { batchId } = await system.createBatch({ prompt: 'Write about a day out.' })
  await system.upload(batchId, [
    essay('dora.txt', 'It was definately fun. Zarquon came too.', 4),
    essay('emil.txt', 'Nothing went wrong.', 2),
  ])
  await system.settled(batchId)
  await system.run(batchId)
  const full = unstamped(await system.results(batchId))
  const summary = unstamped(await system.json<BatchResults>('GET', `batches/${batchId}/results?view=summary`))
  expect(full.essays.map((each) => each.text).join(' ')).toContain('definately')
  expect(summary).toEqual({
    ...full,
    essays: full.essays.map(
      ({
        text: _text,
        spelling: { findings: _findings, ...spelling },
        language: { hints: _hints, ...language },
        ...rest
      }) => ({
        ...rest,
        spelling,
        language,
      }),
    ),
  })
  for (const each of full.essays)
    expect(unstamped(await system.json<EssayResult>('GET', `essays/${each.essayId}`))).toEqual(each)
})
