import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ClassView } from '#contracts/results.ts'
import { makeBrokenDocx } from '#platform/testing/documents/bad.ts'
import { makeEssayText } from '#platform/testing/documents/essay.ts'
import { recentTexts } from '#services/files/recent-texts.ts'
import { textFile } from '../client.ts'
import { startPeople, type People } from '../people.ts'
import { until } from '../system.ts'
import {
  accessibilityTroubles,
  chromiumPath,
  keepPicture,
  launchBrowser,
  type TestBrowser,
  type Visitor,
} from './browser.ts'
import { overflow, visitAs } from './visit-as.ts'

const essays = (from: number, count: number) =>
  Array.from({ length: count }, (_, i) =>
    textFile(
      `pupil ${from + i}.txt`,
      makeEssayText({ seed: from + i, words: 120 + 15 * i, misspellings: i % 4 }),
    ),
  )

describe.skipIf(chromiumPath === null)('the results of a class in a browser', () => {
  let system: People
  let browser: TestBrowser
  let batchId: string
  beforeAll(async () => {
    system = await startPeople()
    browser = await launchBrowser()
    const { teacher } = system.people
    batchId = (await teacher.createBatch({ title: 'Year 9' })).batchId
    await teacher.upload(batchId, [...essays(1, 8), { name: 'broken.docx', bytes: makeBrokenDocx() }])
    await run(batchId)
  })
  afterAll(async () => {
    await browser?.close()
    await system?.stop()
  })

  /** Every file of the batch has been read and has its slot. */
  async function settled(ofBatch: string): Promise<void> {
    await until(
      () => system.people.teacher.batch(ofBatch),
      ({ counts }) => counts.received > 0 && counts.reading === 0,
      90_000,
    )
    await system.server.bus.whenQuiet(30_000)
  }
  async function run(ofBatch: string, wish: object = {}): Promise<void> {
    const { teacher } = system.people
    await settled(ofBatch)
    const runId = await teacher.startRun(ofBatch, wish)
    await until(
      () => teacher.getRun(runId),
      ({ outcome }) => outcome !== null,
      90_000,
    )
    await system.server.bus.whenQuiet(30_000)
  }
  const visit = (options: Parameters<TestBrowser['visit']>[1] = {}): Promise<Visitor> =>
    visitAs(browser, system.server.url, system.people.teacher, options)
  const open = async (page: Page, query = ''): Promise<void> => {
    await page.goto(`/batches/${batchId}/results${query}`)
    await page.getByRole('heading', { level: 1, name: 'Results of Year 9' }).waitFor()
    await page.getByRole('table', { name: 'Every essay of the batch with its figures' }).waitFor()
  }
  const view = () => system.people.teacher.json<ClassView>('GET', `batches/${batchId}/class`)
  const column = (page: Page, place: number): Promise<string[]> =>
    page.locator(`table[aria-rowcount] tbody tr > :nth-child(${place})`).allInnerTexts()

  test('the outcome is said plainly, and what was not taken says why', async () => {
    const { page, troubles } = await visit()
    await open(page)
    await page.getByText('Everything is done for all 8 essays.').waitFor()
    await page.getByText('1 of 9 files could not be taken as an essay').click()
    const { rejected } = await view()
    await page.getByText(rejected[0]!.error!.message, { exact: false }).waitFor()
    await page.getByText(rejected[0]!.error!.remedy, { exact: false }).waitFor()
    expect(troubles).toEqual([])
  })

  test('the table is sorted by any column, and the address keeps the sort', async () => {
    const { page, troubles } = await visit()
    await open(page)
    const { essays: all } = await view()
    const byWords = all.toSorted((a, b) => a.words - b.words || a.slot - b.slot)
    await page.getByRole('button', { name: 'Words', exact: true }).click()
    const names = (): Promise<string[]> => column(page, 2)
    await until(names, (shown) => shown.join() === byWords.map((each) => each.fileName).join())
    await page.getByRole('button', { name: 'Words', exact: true }).click()
    const down = all.toSorted((a, b) => b.words - a.words || a.slot - b.slot).map((each) => each.fileName)
    await until(names, (shown) => shown.join() === down.join())
    expect(await page.locator('th[aria-sort=descending]').innerText()).toMatch(/^Words/)
    expect(page.url()).toContain('sort=words&order=desc')
    await page.reload()
    await until(names, (shown) => shown.join() === down.join())
    expect(troubles).toEqual([])
  })

  test('each dot of a plot opens its essay, by mouse and by keyboard, and each plot has a table that says the same', async () => {
    const { page, troubles } = await visit()
    await open(page)
    const plot = page.getByRole('region', { name: 'How long the essays are' })
    const dots = plot.getByRole('link')
    await until(
      () => dots.count(),
      (count) => count === 8,
    )
    const { essays: all } = await view()
    const byWords = all.toSorted((a, b) => a.words - b.words || a.slot - b.slot)
    const expected = byWords.map(({ slot, fileName, words }) => `Essay ${slot}, ${fileName}: ${words} words`)
    const labels = await Promise.all((await dots.all()).map((dot) => dot.getAttribute('aria-label')))
    expect(labels.toSorted()).toEqual(expected.toSorted())
    await plot.getByText('Length (words)').waitFor()

    await plot.getByRole('button', { name: 'Show as table' }).focus()
    await page.keyboard.press('Tab')
    const focused = (): Promise<string | null> =>
      page.evaluate<string | null>(`document.activeElement.getAttribute('aria-label')`)
    expect(await focused()).toBe(labels[0])
    await page.keyboard.press('ArrowRight')
    await until(focused, (label) => label === labels[1])
    await page.keyboard.press('End')
    await until(focused, (label) => label === labels.at(-1))
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { level: 1, name: `Essay ${byWords.at(-1)!.slot}: ` }).waitFor()
    await page.goBack()
    await plot.getByRole('link', { name: expected[2]! }).click()
    await page.getByRole('heading', { level: 1, name: `Essay ${byWords[2]!.slot}: ` }).waitFor()
    await page.goBack()

    for (const title of [
      'How long the essays are',
      'How often a word is misspelt',
      'How demanding they are to read',
      'How long the sentences are',
    ])
      await page.getByRole('region', { name: title }).getByRole('button', { name: 'Show as table' }).click()
    const twin = plot.getByRole('table')
    await twin.waitFor()
    expect(await twin.locator('tbody tr').allInnerTexts()).toEqual(
      byWords.map(({ slot, fileName, words }) => `${slot}\t${fileName}\t${words}`),
    )
    await page.reload()
    await twin.waitFor()
    expect(troubles).toEqual([])
  })

  test('what the class has in common and what it is made of stand in words and numbers', async () => {
    const { page, troubles } = await visit()
    await open(page)
    const { patterns, totalWords } = await view()
    const [word] = patterns.misspelt.items
    const misspelt = page.getByRole('table', { name: 'Words misspelt in most essays' })
    expect(await misspelt.locator('tbody tr').first().innerText()).toContain(word!.written)
    await page
      .getByRole('table', { name: 'Formats' })
      .getByRole('row', { name: 'Plain text (txt) 8' })
      .waitFor()
    await page
      .getByText(`${totalWords.toLocaleString('en-GB')} words`)
      .first()
      .waitFor()
    await page.getByText('British English').waitFor()
    expect(troubles).toEqual([])
  })

  test('the results are downloads: report, Excel, CSV and JSON', async () => {
    const { page, troubles } = await visit()
    await open(page)
    for (const [name, file] of [
      ['Report to print', 'results.html'],
      ['Excel', 'results.xlsx'],
      ['CSV', 'results.csv'],
      ['JSON', 'results.json'],
    ] as const) {
      const download = page.waitForEvent('download')
      await page.getByRole('link', { name, exact: true }).click()
      expect((await download).suggestedFilename()).toBe(file)
    }
    expect(troubles).toEqual([])
  })

  test(
    'before the results the page says how far the checks are, and becomes the class page by itself',
    { timeout: 180_000 },
    async () => {
      const { teacher } = system.people
      const other = await teacher.createBatch({ title: 'Year 10' })
      const { page, troubles } = await visit()
      await page.goto(`/batches/${other.batchId}/results`)
      await page.getByText('No essays yet.', { exact: false }).waitFor()
      await teacher.upload(other.batchId, essays(50, 5))
      await page.getByText('Nothing has been checked yet.', { exact: false }).waitFor()
      await settled(other.batchId)
      // Nobody can read or write findings, so the run stands still until the lock is let go.
      const holder = await system.testDatabase.ownerPool.connect()
      await holder.query('begin; lock table spelling.checks in access exclusive mode')
      await page.getByRole('button', { name: 'Check these essays' }).click()
      await page.getByText('Spelling is done for 0 of 5.').waitFor()
      await page.getByText('The class page appears at 5.').waitFor()
      await keepPicture(page, 'results-before')
      expect(await accessibilityTroubles(page)).toEqual([])
      await page.getByRole('button', { name: 'Show what is there so far' }).click()
      await page.getByText('The figures below rest on what is done so far.').waitFor()
      await page.getByRole('table', { name: 'Every essay of the batch with its figures' }).waitFor()
      await page.goto(`/batches/${other.batchId}/results`)
      await page.getByText('The class page appears at 5.').waitFor()
      await holder.query('rollback')
      holder.release()
      await page.getByRole('heading', { name: 'The class in figures' }).waitFor({ timeout: 120_000 })
      expect(await page.getByText('The class page appears at 5.').count()).toBe(0)
      expect(troubles).toEqual([])
    },
  )

  test('a phase that failed for some is said first, with the reason, and leads to the essay', async () => {
    const { teacher } = system.people
    const other = await teacher.createBatch({ title: 'Year 11' })
    await teacher.upload(other.batchId, essays(80, 3))
    await settled(other.batchId)
    await system.testDatabase.ownerPool.query(
      `delete from files.texts t using files.uploads u
       where u.text_hash = t.text_hash and u.batch_id = $1 and u.slot = 2`,
      [other.batchId],
    )
    // What was read a moment ago is in memory too.
    recentTexts.forgetAll()
    await run(other.batchId, { phases: ['spelling'] })
    const { page, troubles } = await visit()
    await page.goto(`/batches/${other.batchId}/results`)
    await page.getByText('Spelling is done for 2 of 3 essays.').waitFor()
    await page.getByText('The spelling check of this essay failed.', { exact: false }).waitFor()
    await keepPicture(page, 'results-partial-failure')
    await page.getByRole('link', { name: /^Essay 2 / }).click()
    await page.getByText('Spelling could not be checked.').waitFor()
    expect(troubles).toEqual([])
  })

  test('a class of two thousand is sorted and scrolled like one of thirty', async () => {
    const { teacher } = system.people
    const { batchId: large } = await teacher.createBatch({ title: 'A whole school' })
    await teacher.upload(large, essays(90, 1))
    await run(large, { phases: ['spelling'] })
    const { ownerPool } = system.testDatabase
    await ownerPool.query(
      `insert into files.uploads (file_upload_id, school_id, batch_id, file_name, size_bytes, state, words, slot, essay_id, format, received_at)
       select gen_random_uuid(), school_id, batch_id, 'pupil ' || i || '.txt', 1000, 'in-slot', i, i, gen_random_uuid(), 'txt', now()
       from files.uploads, generate_series(2, 2000) i where batch_id = $1`,
      [large],
    )
    const { page, troubles } = await visit()
    await page.goto(`/batches/${large}/results?sort=slot&order=desc`)
    const table = page.getByRole('table', { name: 'Every essay of the batch with its figures' })
    await table.waitFor({ timeout: 60_000 })
    expect(await table.getAttribute('aria-rowcount')).toBe('2001')
    await table.getByText('pupil 2000.txt').waitFor()
    expect(await table.locator('tr').count()).toBeLessThan(300)
    await page.evaluate('scrollTo(0, document.body.scrollHeight / 2)')
    await until(
      () => table.getByText('pupil 2000.txt').count(),
      (count) => count === 0,
    )
    expect(await table.locator('tr').count()).toBeLessThan(300)
    expect(troubles).toEqual([])
  })

  test.for([
    { name: 'results', colorScheme: 'light', width: 1280 },
    { name: 'results-dark', colorScheme: 'dark', width: 1280 },
    { name: 'results-phone', colorScheme: 'dark', width: 360 },
  ] as const)('is usable by everybody: $name', async ({ name, colorScheme, width }) => {
    const { page, troubles } = await visit({ colorScheme, viewport: { width, height: 900 } })
    await open(page)
    await page.getByRole('region', { name: 'How long the sentences are' }).getByRole('link').first().waitFor()
    await keepPicture(page, name)
    expect(await overflow(page)).toBe(0)
    expect(await accessibilityTroubles(page)).toEqual([])
    expect(troubles).toEqual([])
  })

  test('the results of another school are not there', async () => {
    const { page } = await visitAs(browser, system.server.url, system.people.otherAdmin)
    await page.goto(`/batches/${batchId}/results`)
    await page.getByText('The results could not be shown.').waitFor()
    expect(await page.content()).not.toContain('Year 9')
  })
})
