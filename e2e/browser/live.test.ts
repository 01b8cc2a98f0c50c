import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { UploadItem } from '#contracts/files.ts'
import { makeEssayText } from '#platform/testing/documents/essay.ts'
import { textFile, type Client } from '../client.ts'
import { startPeople, type People } from '../people.ts'
import { until } from '../system.ts'
import { dropOnPage, rowOf, soon } from './app.ts'
import { chromiumPath, launchBrowser, type TestBrowser } from './browser.ts'
import { layCable, type Cable } from './cable.ts'
import { visitAs } from './visit-as.ts'

const essay = (seed: number): string => makeEssayText({ seed, words: 100, misspellings: 2 })
const countsOf = (page: Page) => () => page.getByTestId('counts').textContent()
/** Every line of the table by what a person reads of it. */
const linesOf = (page: Page): Promise<string[]> =>
  page.evaluate<string[]>(
    `[...document.querySelectorAll('[data-line]')].map((row) => row.innerText.replace(/\\s+/g, ' '))`,
  )

describe.skipIf(chromiumPath === null)('live updates in the browser', () => {
  let system: People
  let browser: TestBrowser
  let cable: Cable
  let teacher: Client
  let folder: string
  beforeAll(async () => {
    let port = 0
    cable = await layCable(() => port)
    ;[system, browser] = await Promise.all([startPeople({ publicUrl: cable.url }), launchBrowser()])
    port = Number(new URL(system.server.url).port)
    teacher = system.people.teacher
    folder = await mkdtemp(join(tmpdir(), 'assay-live-'))
  }, 180_000)
  afterAll(async () => {
    await browser?.close()
    await cable?.close()
    await system?.stop()
    if (folder) await rm(folder, { recursive: true, force: true })
  })

  async function open(batchId: string) {
    const visitor = await visitAs(browser, cable.url, system.people.teacher)
    visitor.context.setDefaultTimeout(60_000)
    await visitor.page.goto(`/batches/${batchId}`)
    await visitor.page.getByTestId('counts').waitFor()
    return visitor
  }
  const upload = (batchId: string, name: string, seed: number) =>
    teacher.upload(batchId, [textFile(name, essay(seed))])

  test('two tabs of one person show the same, and a reload in the middle changes nothing', async () => {
    const { batchId } = await teacher.createBatch({ title: 'Two tabs' })
    const { page, context, troubles } = await open(batchId)
    const other = await context.newPage()
    await other.goto(`/batches/${batchId}`)
    await other.getByText('No essays yet.').waitFor()
    for (let i = 1; i <= 6; i++) {
      await upload(batchId, `student ${i}.txt`, i)
      if (i === 3) await other.reload()
    }
    await teacher.startRun(batchId)
    for (const tab of [page, other]) {
      await expect.poll(countsOf(tab), soon).toBe('6 files received = 6 in slots')
      for (let i = 1; i <= 6; i++)
        await rowOf(tab, `student ${i}.txt`).getByText('Done', { exact: true }).waitFor()
    }
    await expect
      .poll(async () => (await linesOf(page)).join('\n'), soon)
      .toBe((await linesOf(other)).join('\n'))
    // What one tab does, the other shows.
    await rowOf(page, 'student 2.txt')
      .getByRole('button', { name: /What to do/ })
      .click()
    await page.getByRole('menuitem', { name: 'Remove' }).click()
    await rowOf(other, 'student 2.txt').getByText('Removed', { exact: true }).waitFor()
    expect(troubles).toEqual([])
    await context.close()
  }, 300_000)

  test('without its socket the page says so and asks; with it again nothing is missing and nothing is told twice', async () => {
    const { batchId } = await teacher.createBatch({ title: 'Cut' })
    const { page, context, troubles } = await open(batchId)
    const seen: { epoch: string; seq: number }[] = []
    const welcomed: unknown[] = []
    page.on('websocket', (socket) =>
      socket.on('framereceived', ({ payload }) => {
        for (const frame of [JSON.parse(String(payload))].flat()) {
          if (frame.type === 'welcome') welcomed.push(frame)
          else if ('seq' in frame) seen.push(frame)
        }
      }),
    )
    await page.reload()
    await page.getByText('No essays yet.').waitFor()
    await until(
      async () => welcomed.length,
      (count) => count > 0,
    )
    await page.evaluate(`(() => {
      window.told = []
      new MutationObserver(() => {
        const said = [...document.querySelectorAll('[role=status]')].map((at) => at.textContent)
        for (const line of said) if (/became essay/.test(line) && window.told.at(-1) !== line) window.told.push(line)
      }).observe(document.body, { subtree: true, childList: true, characterData: true })
    })()`)
    await upload(batchId, 'before.txt', 11)
    await page.getByText('before.txt became essay 1.').waitFor()

    cable.cutLive()
    await page.getByText('Live updates are off; this page asks for news every 5 seconds.').waitFor()
    await upload(batchId, 'meanwhile.txt', 12)
    await rowOf(page, 'meanwhile.txt').getByText('In its slot').waitFor()

    const before = welcomed.length
    cable.mend()
    await until(
      async () => welcomed.length,
      (count) => count > before,
      60_000,
    )
    await page.getByText('Live updates are off').waitFor({ state: 'detached' })
    await upload(batchId, 'after.txt', 13)
    await page.getByText('after.txt became essay 3.').waitFor()
    await expect.poll(countsOf(page), soon).toBe('3 files received = 3 in slots')
    expect(await page.evaluate('window.told')).toEqual([
      'before.txt became essay 1.',
      'meanwhile.txt became essay 2.',
      'after.txt became essay 3.',
    ])
    const numbers = seen.map(({ seq }) => seq)
    expect(numbers, 'each notification once, in order, without a gap').toEqual(
      numbers.map((_, index) => numbers[0]! + index),
    )
    expect(troubles).toEqual([])
    await context.close()
  }, 300_000)

  test('a screen opened while the server does not answer comes as soon as it does, without loading the page anew', async () => {
    const { batchId } = await teacher.createBatch({ title: 'Opened too early' })
    const { page, context, troubles } = await visitAs(browser, cable.url, system.people.teacher)
    await page.goto('/settings')
    await page.getByRole('heading', { name: 'You', exact: true }).waitFor()
    await page.evaluate('window.stayed = true')
    const away = /\/assets\/|\/health\//
    await page.route(away, (route) => route.abort('connectionrefused'))
    const refused = page.waitForEvent('requestfailed', (request) => /\/assets\/.*\.js/.test(request.url()))
    await page.getByRole('link', { name: 'Batches', exact: true }).click()
    await page.getByRole('link', { name: 'Opened too early', exact: true }).click()
    await refused
    await page.unroute(away)
    await page.getByRole('heading', { name: 'Opened too early' }).waitFor()
    await page.getByText('No essays yet.').waitFor()
    expect(page.url()).toContain(batchId)
    expect(await page.evaluate('window.stayed')).toBe(true)
    expect(troubles).toEqual([])
    await context.close()
  }, 300_000)

  test('a tab closed while files go out loses nothing that was answered', async () => {
    const { batchId } = await teacher.createBatch({ title: 'Closed' })
    const { page, context } = await open(batchId)
    const place = join(folder, 'closed')
    await mkdir(place)
    for (let i = 1; i <= 40; i++) await writeFile(join(place, `student ${i}.txt`), essay(100 + i))
    const answered: string[] = []
    page.on('response', (response) => {
      if (response.request().method() !== 'POST' || !response.url().endsWith('/files')) return
      void response.json().then(
        ({ items }: { items: UploadItem[] }) =>
          answered.push(...items.map(({ fileUploadId }) => fileUploadId)),
        () => {},
      )
    })
    await dropOnPage(page, [place])
    await until(
      async () => answered.length,
      (count) => count >= 5,
      60_000,
    )
    await page.close()
    await until(
      () => teacher.batch(batchId),
      ({ counts }) => counts.reading === 0,
      60_000,
    )
    const files = await teacher.files(batchId)
    const kept = new Set(files.map(({ fileUploadId }) => fileUploadId as string))
    expect(answered.filter((id) => !kept.has(id))).toEqual([])
    expect(new Set(files.map(({ fileName }) => fileName)).size).toBe(files.length)

    // On return the page names what is missing. What was under way, five at most, may have arrived unheard: chosen
    // again it keeps its key, so nothing is doubled.
    const again = await context.newPage()
    await again.goto(`/batches/${batchId}`)
    await expect
      .poll(async () => {
        const { counts } = await teacher.batch(batchId)
        return (await countsOf(again)())?.startsWith(`${counts.received} file`)
      }, soon)
      .toBe(true)
    const missing = 40 - (await teacher.batch(batchId)).counts.received
    const notice = again.getByText(/chosen in an earlier visit/)
    if (missing > 0) await notice.waitFor()
    const named = (await notice.count()) === 0 ? 0 : Number.parseInt((await notice.textContent())!, 10)
    expect(named).toBeGreaterThanOrEqual(missing)
    expect(named).toBeLessThanOrEqual(missing + 5)
    await context.close()
  }, 300_000)
})
