import { Worker } from 'node:worker_threads'
import { afterAll, describe, expect, test } from 'vitest'
import { LanguageHint, LanguageMetrics } from '#contracts/language.ts'
import { createLanguageEngine } from './engine.ts'
import { measure } from './metrics.ts'
import { CLEAN_ESSAYS } from './samples.ts'

const engine = createLanguageEngine()
const plain = createLanguageEngine({ hints: false })
afterAll(() => engine.close())

test('the version names the figures, the rules and harper.js as installed', () => {
  expect(plain.version).toMatch(/^metrics-\d+$/)
  expect(engine.version).toMatch(/^metrics-\d+-harper-\d+\.\d+\.\d+-rules-\d+$/)
})

test('figures and hints come together, in the shape of the contract', async () => {
  const text = `${CLEAN_ESSAYS[1]!} He ate a apple.`
  const { metrics, hints } = await engine.analyse(text, { locale: 'en-GB' })
  expect(LanguageMetrics.parse(metrics)).toEqual(measure(text))
  expect(hints.map((hint) => LanguageHint.parse(hint).rule)).toEqual(['AnA'])
})

test('without hints there are none, and no figure depends on them', async () => {
  const text = 'He ate a apple. '.repeat(40)
  const [hinted, plainly] = await Promise.all([
    engine.analyse(text, { locale: 'en-US' }),
    plain.analyse(text, { locale: 'en-US' }),
  ])
  expect(plainly.hints).toEqual([])
  expect(hinted.hints).toHaveLength(40)
  expect(hinted.metrics).toEqual(plainly.metrics)
})

test('a text of 2 MB is done within seconds', async () => {
  const text = 'We walked to a old house, and they was late. '.repeat(45_000)
  const from = process.threadCpuUsage()
  const { metrics, hints } = await engine.analyse(text, { locale: 'en-GB' })
  expect(metrics.sentences).toBe(45_000)
  expect(hints.length).toBeGreaterThan(1_000)
  expect(process.threadCpuUsage(from).user / 1e6).toBeLessThan(20)
})

describe('in a worker thread', () => {
  test('it gives what it gives in the main thread', async () => {
    const text = 'He ate a apple. 😀 I could of won.'
    const source = `
      import { parentPort, workerData } from 'node:worker_threads'
      const { createLanguageEngine } = await import(workerData.engine)
      const engine = createLanguageEngine()
      parentPort.postMessage(await engine.analyse(workerData.text, { locale: 'en-GB' }))
      await engine.close()`
    const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(source)}`), {
      workerData: { engine: new URL('engine.ts', import.meta.url).href, text },
      execArgv: [],
    })
    const answer = await new Promise((resolve, reject) =>
      worker.once('message', resolve).once('error', reject),
    )
    await worker.terminate()
    expect(answer).toEqual(await engine.analyse(text, { locale: 'en-GB' }))
  })
})
