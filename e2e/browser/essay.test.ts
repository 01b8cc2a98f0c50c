import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { BatchResults, EssayResult } from '#contracts/results.ts'
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

const first =
  'Last summer we went too the sea. My brother said it was definately the best week of the year.\n\nThe goverment had closed the beach, but Zarquon opened it again. I could of stayed for ever.'
const second =
  'A quiet text in which nothing at all went wrong. It was written with care by the sea. '.repeat(10)

describe.skipIf(chromiumPath === null)('an essay in a browser', () => {
  let system: People
  let browser: TestBrowser
  let batchId: string
  let essays: EssayResult[]
  beforeAll(async () => {
    system = await startPeople()
    browser = await launchBrowser()
    const { teacher } = system.people
    batchId = (await teacher.createBatch({ title: 'Summer' })).batchId
    await teacher.upload(batchId, [textFile('anna.txt', first)])
    // One after the other, so that each has its slot.
    await settled(batchId)
    await teacher.upload(batchId, [textFile('ben.txt', second)])
    await run(batchId)
    essays = (await teacher.json<BatchResults>('GET', `batches/${batchId}/results`)).essays
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
      60_000,
    )
    await system.server.bus.whenQuiet(30_000)
  }
  const visit = (options: Parameters<TestBrowser['visit']>[1] = {}): Promise<Visitor> =>
    visitAs(browser, system.server.url, system.people.teacher, options)
  const open = async (page: Page, essay: { essayId: string }, query = ''): Promise<void> => {
    await page.goto(`/batches/${batchId}/essays/${essay.essayId}${query}`)
    await page.getByRole('heading', { level: 2, name: 'Findings' }).waitFor()
    await page.locator('[data-finding]').first().waitFor()
  }
  const selectedWords = (page: Page): Promise<string> =>
    page.locator('mark[data-selected]').first().innerText()

  test('text and findings are linked both ways, by key, by mouse and in the address', async () => {
    const { page, context, troubles } = await visit()
    await context.grantPermissions(['clipboard-read', 'clipboard-write'])
    await open(page, essays[0]!)
    await page.getByRole('heading', { level: 1, name: 'Essay 1: anna.txt' }).waitFor()
    const marks = page.locator('mark')
    const before = await marks.allInnerTexts()
    expect(before).toEqual(expect.arrayContaining(['definately', 'goverment', 'Zarquon']))

    await page.keyboard.press('ArrowDown')
    await page.locator('mark[data-selected]').waitFor()
    const selectedKey = (): Promise<string | null> =>
      page.locator('mark[data-selected]').first().getAttribute('data-mark')
    const firstKey = await selectedKey()
    await page.keyboard.press('ArrowDown')
    await until(selectedKey, (key) => key !== firstKey)
    await page.keyboard.press('ArrowUp')
    await until(selectedKey, (key) => key === firstKey)

    await page.locator('mark', { hasText: 'goverment' }).click()
    const chosen = page.getByRole('button', { name: /goverment.*government.*misspelt/, expanded: true })
    await chosen.waitFor()
    expect(new URL(page.url()).searchParams.get('finding')).toMatch(/^\d+$/)

    await page.getByRole('button', { name: /definately/ }).hover()
    await page.locator('mark[data-hovered]', { hasText: 'definately' }).waitFor()
    await page.locator('mark', { hasText: 'Zarquon' }).hover()
    await page.locator('li[data-hovered]', { hasText: 'Zarquon' }).waitFor()

    const address = page.url()
    await page.reload()
    await chosen.waitFor()
    expect(page.url()).toBe(address)

    await page.locator('body').press('Enter')
    await until(
      () => page.evaluate<string>('document.activeElement.textContent'),
      (text) => text.includes('government'),
    )
    await page.keyboard.press('Enter')
    await page.getByText('copied').waitFor()
    expect(await page.evaluate<string>('navigator.clipboard.readText()')).toBe('government')
    await page.keyboard.press('Escape')
    await until(
      () => page.evaluate<string | undefined>('document.activeElement.dataset.finding'),
      (key) => key !== undefined,
    )
    expect(await marks.allInnerTexts()).toEqual(before)
    expect(troubles).toEqual([])
  })

  test('each layer can be switched off, and looks different without colour', async () => {
    const { page, troubles } = await visit()
    await open(page, essays[0]!)
    const underline = (words: string): Promise<string> =>
      page.evaluate<string>(
        `getComputedStyle([...document.querySelectorAll('mark')].find((mark) => mark.textContent === '${words}')).textDecorationStyle`,
      )
    expect([await underline('definately'), await underline('Zarquon')]).toEqual(['wavy', 'dotted'])
    await page.getByRole('button', { name: /^Spelling/, pressed: true }).click()
    await page.getByRole('button', { name: /^Spelling/, pressed: false }).waitFor()
    await page.locator('mark', { hasText: 'definately' }).first().waitFor({ state: 'detached' })
    expect(await page.locator('mark', { hasText: 'Zarquon' }).count()).toBe(1)
    await page.reload()
    await page.locator('mark', { hasText: 'Zarquon' }).waitFor()
    expect(await page.locator('mark', { hasText: 'definately' }).count()).toBe(0)
    await page.getByRole('button', { name: /^Spelling/, pressed: false }).click()
    await page.locator('mark', { hasText: 'definately' }).waitFor()
    expect(troubles).toEqual([])
  })

  test('the keys lead from essay to essay and stop at the ends; figures stand beside those of the class', async () => {
    const { page, troubles } = await visit()
    await open(page, essays[0]!)
    await page.getByText('1 of 2').first().waitFor()
    await page.getByText('This is the first essay.').waitFor()
    await page.keyboard.press('ArrowLeft')
    await page.keyboard.press('ArrowRight')
    await page.getByRole('heading', { level: 1, name: 'Essay 2: ben.txt' }).waitFor()
    await page.getByText('Nothing was found.').waitFor()
    await page.getByText('This is the last essay.').waitFor()
    const figures = page.getByRole('table', { name: 'In figures' })
    await figures.getByRole('row', { name: /Reading level about age \d+.*Flesch–Kincaid/ }).waitFor()
    await figures.getByRole('row', { name: /Length 180 words 20 sentences in 1 paragraph/ }).waitFor()
    await page.getByRole('link', { name: /Previous: anna\.txt/ }).click()
    await page.getByRole('heading', { level: 1, name: 'Essay 1: anna.txt' }).waitFor()
    const original = page.waitForEvent('download')
    await page.getByRole('link', { name: 'Download the original' }).click()
    expect((await original).suggestedFilename()).toBe('anna.txt')
    expect(troubles).toEqual([])
  })

  test(
    'what was not asked for can be asked for, and what failed says why and can be tried again',
    { timeout: 180_000 },
    async () => {
      const { teacher } = system.people
      const { ownerPool } = system.testDatabase
      const other = await teacher.createBatch({ title: 'Autumn' })
      const text = 'In autumn the leaves turn yellow, and nobody knows exactely why they fall.'
      await teacher.upload(other.batchId, [textFile('cleo.txt', text)])
      await settled(other.batchId)
      const { rows: kept } = await ownerPool.query(
        'delete from files.texts t using files.uploads u where u.text_hash = t.text_hash and u.batch_id = $1 returning t.*',
        [other.batchId],
      )
      // What was read a moment ago is in memory too.
      recentTexts.forgetAll()
      await run(other.batchId, { phases: ['spelling'] })
      const [file] = (
        await teacher.json<{ items: { essayId: string }[] }>('GET', `batches/${other.batchId}/rows`)
      ).items
      for (const row of kept)
        await ownerPool.query(
          'insert into files.texts (school_id, text_hash, body, created_at) values ($1, $2, $3, $4)',
          [row.school_id, row.text_hash, row.body, row.created_at],
        )
      const { page, troubles } = await visit()
      await page.goto(`/batches/${other.batchId}/essays/${file!.essayId}`)
      await page.getByText('Spelling could not be checked.').waitFor()
      await page.getByText('The spelling check of this essay failed.', { exact: false }).waitFor()
      await keepPicture(page, 'essay-failed')
      expect(await accessibilityTroubles(page)).toEqual([])
      await page.getByRole('button', { name: 'Check spelling again' }).click()
      await page.locator('mark', { hasText: 'exactely' }).waitFor()
      await page.getByText('Language figures and grammar hints were not asked for.').waitFor()
      await page.getByRole('button', { name: 'Look at language' }).click()
      // The first text a process looks at waits for the grammar checker to be loaded.
      await page.getByText('The longest has 13.').waitFor({ timeout: 90_000 })
      expect(troubles).toEqual([])
    },
  )

  test(
    'a text of two megabytes opens, and its end is reached and marked like its beginning',
    { timeout: 180_000 },
    async () => {
      const { teacher } = system.people
      const { ownerPool } = system.testDatabase
      const long = await teacher.createBatch({ title: 'A novel' })
      const sentence = 'The rain went on and on, and the river rose a little higher every day. '
      const paragraph = `${sentence.repeat(12)}\n\n`
      const text = `${paragraph.repeat(2300)}At the very end stands a mispelling.`
      expect(text.length).toBeGreaterThan(1_950_000)
      await teacher.upload(long.batchId, [textFile('novel.txt', 'To be replaced by a long text.')])
      await settled(long.batchId)
      // Checking two megabytes takes a while on a busy machine and is not what is looked at here.
      await run(long.batchId, { phases: ['spelling'] })
      await ownerPool.query(
        'update files.texts t set body = $2 from files.uploads u where u.text_hash = t.text_hash and u.batch_id = $1',
        [long.batchId, text],
      )
      recentTexts.forgetAll()
      const findings = [0, text.indexOf('mispelling')].map((start) => ({
        start,
        end: start + (start === 0 ? 3 : 10),
        text: start === 0 ? 'The' : 'mispelling',
        kind: 'non-word',
        suggestions: ['misspelling'],
      }))
      await ownerPool.query(
        `update spelling.checks c set result = $2::jsonb from files.uploads u where u.text_hash = c.text_hash and u.batch_id = $1`,
        [long.batchId, JSON.stringify({ findings })],
      )
      const [file] = (
        await teacher.json<{ items: { essayId: string }[] }>('GET', `batches/${long.batchId}/rows`)
      ).items
      const { page, troubles } = await visit()
      await page.goto(`/batches/${long.batchId}/essays/${file!.essayId}`)
      await page.locator('mark').first().waitFor({ timeout: 60_000 })
      await page.getByRole('button', { name: /mispelling/ }).click()
      const last = page.locator('mark[data-selected]', { hasText: 'mispelling' })
      await last.waitFor()
      await until(
        () =>
          page.evaluate<boolean>(
            `(() => {
            const { top, bottom } = document.querySelector('mark[data-selected]').getBoundingClientRect()
            return top >= 0 && bottom <= innerHeight
          })()`,
          ),
        (inSight) => inSight,
      )
      await page.keyboard.press('ArrowUp')
      await until(
        () => selectedWords(page),
        (words) => words === 'The',
      )
      expect(troubles).toEqual([])
    },
  )

  test.for([
    { name: 'essay', colorScheme: 'light', width: 1280 },
    { name: 'essay-dark', colorScheme: 'dark', width: 1280 },
    { name: 'essay-phone', colorScheme: 'light', width: 360 },
  ] as const)('is usable by everybody: $name', async ({ name, colorScheme, width }) => {
    const { page, troubles } = await visit({ colorScheme, viewport: { width, height: 800 } })
    await open(page, essays[0]!, '?finding=1')
    await page.locator('mark[data-selected]').first().waitFor()
    if (width < 500) await page.getByRole('region', { name: 'Chosen finding' }).waitFor()
    await keepPicture(page, name)
    expect(await overflow(page)).toBe(0)
    expect(await accessibilityTroubles(page)).toEqual([])
    expect(troubles).toEqual([])
  })

  test('an essay of another teacher is not there', async () => {
    const { page } = await visitAs(browser, system.server.url, system.people.otherTeacher)
    await page.goto(`/batches/${batchId}/essays/${essays[0]!.essayId}`)
    await page.getByText('This essay could not be shown.').waitFor()
    expect(await page.content()).not.toContain('definately')
  })
})
