import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startSystem, type System } from '../system.ts'
import { soon, visitAsOwner } from './app.ts'
import { chromiumPath, launchBrowser, type TestBrowser } from './browser.ts'

const count = 10_000
/** Every twentieth is rejected. */
const each = 20

describe.skipIf(chromiumPath === null)('a batch of 10,000 files', () => {
  let system: System
  let browser: TestBrowser
  let batchId: string
  beforeAll(async () => {
    ;[system, browser] = await Promise.all([startSystem(), launchBrowser()])
    ;({ batchId } = await system.createBatch({ title: 'The whole county', capacity: count }))
    // As `files` writes them when all have been read; reading 10,000 files is another test's matter.
    await system.testDatabase.ownerPool.query(
      `insert into files.uploads (file_upload_id, school_id, batch_id, file_name, size_bytes, sha256, state, format,
         words, slot, essay_id, error, received_at)
       select ('01920000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, b.school_id, b.batch_id,
         'student ' || lpad(n::text, 5, '0') || '.txt', 900, null,
         case when n % $2 = 0 then 'rejected' else 'in-slot' end, 'txt',
         case when n % $2 = 0 then null else 100 + n * 7919 % 900 end,
         case when n % $2 = 0 then null else n end,
         case when n % $2 = 0 then null else ('01920000-0000-7000-9000-' || lpad(to_hex(n), 12, '0'))::uuid end,
         case when n % $2 = 0 then $4::jsonb end, now()
       from batches.batches b, generate_series(1, $3) n where b.batch_id = $1`,
      [
        batchId,
        each,
        count,
        JSON.stringify({
          code: 'empty-file',
          message: 'This file is empty.',
          remedy: 'Replace it with the essay.',
          correlationId: '01920000-0000-7000-8000-000000000000',
          details: {},
        }),
      ],
    )
  }, 180_000)
  afterAll(async () => {
    await browser?.close()
    await system?.stop()
  })

  test('draws only the rows near the window, and scrolls, sorts, filters and finds among all', async () => {
    const { page, context, troubles } = await visitAsOwner(browser, system)
    context.setDefaultTimeout(120_000)
    const timed = async (what: string, wait: () => Promise<unknown>): Promise<void> => {
      const from = performance.now()
      await wait()
      console.log(`${count} rows: ${what} in ${Math.round(performance.now() - from)} ms`)
    }
    const all = { timeout: 180_000 }
    const grid = page.getByRole('grid')
    const drawn = () => page.locator('[data-line]').count()
    const named = (n: number) => page.getByText(`student ${String(n).padStart(5, '0')}.txt`, { exact: true })
    const rowCount = () => grid.getAttribute('aria-rowcount')

    await page.goto(`/batches/${batchId}`)
    await timed('all read', () => expect.poll(rowCount, all).toBe(String(count + 1)))
    await named(1).waitFor()
    expect(await drawn()).toBeLessThan(80)

    await timed('scrolled to the end', async () => {
      await page.evaluate('window.scrollTo(0, document.documentElement.scrollHeight)')
      await expect
        .poll(async () => {
          await page.evaluate('window.scrollTo(0, document.documentElement.scrollHeight)')
          return named(count).count()
        }, soon)
        .toBe(1)
    })
    expect(await drawn()).toBeLessThan(80)
    await page.evaluate('window.scrollTo(0, 0)')

    await timed('sorted by name, last first', async () => {
      const column = page.getByRole('columnheader', { name: 'File' }).getByRole('button')
      await column.click()
      await column.click()
      await expect
        .poll(() => page.locator('[data-line]').first().innerText(), soon)
        .toContain('student 10000')
    })
    await timed('filtered', async () => {
      await page.getByRole('button', { name: /^Needs you/ }).click()
      await expect.poll(rowCount, soon).toBe(String(count / each + 1))
    })
    await page.getByText('This file is empty. Replace it with the essay.').first().waitFor()
    await page.getByRole('button', { name: /^All/ }).click()
    await timed('found', async () => {
      await page.getByRole('searchbox').fill('07777')
      await expect.poll(rowCount, soon).toBe('2')
      await named(7777).waitFor()
    })
    expect(troubles).toEqual([])
    await context.close()
  }, 600_000)
})
