import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startSystem, until, type System } from '../system.ts'
import { sampleClass } from '../system.ts'
import { continueAsOwner, rowOf, soon } from './app.ts'
import { chromiumPath, launchBrowser, type TestBrowser } from './browser.ts'
import { tabTo } from './visit-as.ts'

/** What has the focus, and whether one sees that it has. */
const focused = `(() => {
  const at = document.activeElement
  if (!at || at === document.body) return null
  const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(at)
  const name = (at.getAttribute('aria-label') ?? at.labels?.[0]?.textContent ?? at.textContent ?? '').trim()
  const seen = (outlineStyle !== 'none' && parseFloat(outlineWidth) > 0) || boxShadow !== 'none' || at.matches('input, select, textarea')
  return { name: name.slice(0, 60), seen }
})()`
interface Focus {
  name: string
  seen: boolean
}

/** Every stop of Tab from the page's start, until the focus leaves the page. */
async function tabStops(page: Page, most = 60): Promise<Focus[]> {
  const stops: Focus[] = []
  for (let press = 0; press < most; press++) {
    await page.keyboard.press('Tab')
    const at = await page.evaluate<Focus | null>(focused)
    if (at === null || (stops.length > 0 && at.name === stops[0]!.name)) break
    stops.push(at)
  }
  return stops
}

async function tabUntil(page: Page, there: string): Promise<void> {
  for (let press = 0; press < 60; press++) {
    await page.keyboard.press('Tab')
    if (await page.evaluate<boolean>(there)) return
  }
  throw new Error(`no press of Tab leads to where ${there}`)
}

describe.skipIf(chromiumPath === null)('with the keyboard alone', () => {
  let system: System
  let browser: TestBrowser
  beforeAll(async () => {
    ;[system, browser] = await Promise.all([startSystem(), launchBrowser()])
  })
  afterAll(async () => {
    await browser?.close()
    await system?.stop()
  })

  test('a teacher goes from the list of batches to the findings of an essay, and on to the next', async () => {
    const { batchId } = await system.createBatch({ title: 'By keyboard' })
    const sample = await sampleClass()
    const names = ['maria-final.docx', 'aisha k.docx', 'Document1.docx', 'essay.txt', 'Hannah R 10B.docx']
    await system.upload(
      batchId,
      sample.filter(({ name }) => names.includes(name)),
    )
    await system.settled(batchId)
    await system.run(batchId)
    const { page, context, troubles } = await browser.visit(system.server.url)
    context.setDefaultTimeout(60_000)
    await continueAsOwner(page)
    await page.reload()
    await page.getByRole('link', { name: 'By keyboard', exact: true }).waitFor()

    const stops = await tabStops(page)
    expect(stops.filter(({ seen }) => !seen)).toEqual([])
    expect(stops.map(({ name }) => name)).toEqual(
      expect.arrayContaining([
        'Skip to the content',
        'Batches',
        'Status',
        'Settings',
        'New batch',
        'Choose files',
        'By keyboard',
      ]),
    )
    expect(stops[0]!.name).toBe('Skip to the content')

    await tabTo(page, 'By keyboard')
    await page.keyboard.press('Enter')
    await rowOf(page, 'maria-final.docx').getByText('Done', { exact: true }).waitFor()

    await page.keyboard.press('?')
    const keys = page.getByRole('dialog')
    for (const said of ['Search', 'Next file', 'Open the essay', 'Show all keys'])
      await keys.getByText(said, { exact: true }).waitFor()
    await page.keyboard.press('Escape')
    await keys.waitFor({ state: 'detached' })

    await page.keyboard.press('/')
    expect((await page.evaluate<Focus>(focused)).name).toBe('Search by name or essay number')
    await page.keyboard.type('essay')
    await expect.poll(() => page.getByRole('grid').getAttribute('aria-rowcount'), soon).toBe('2')
    await page.keyboard.press('Escape')
    await expect.poll(() => page.getByRole('grid').getAttribute('aria-rowcount'), soon).toBe('6')

    const file = page.getByRole('columnheader', { name: 'File' })
    await tabUntil(
      page,
      `document.activeElement.closest('[role=columnheader]')?.textContent.includes('File')`,
    )
    await page.keyboard.press('Enter')
    await expect.poll(() => file.getAttribute('aria-sort'), soon).toBe('ascending')

    // Into the table: one stop, arrows between its rows.
    await tabUntil(page, `document.activeElement.hasAttribute('data-line')`)
    await page.keyboard.press('Home')
    for (const key of ['Space', 'Shift+ArrowDown']) await page.keyboard.press(key)
    await page.getByText('2 selected').waitFor()
    await page.keyboard.press('Delete')
    await page.getByText('Removed 2 files.').waitFor()
    await expect.poll(() => page.getByTestId('counts').textContent(), soon).toContain('2 removed')
    await page.keyboard.press('Control+z')
    await until(
      () => system.batch(batchId),
      ({ counts }) => counts.removed === 0 && counts.slotsUsed === 5,
    )

    await page.locator('[data-line][tabindex="0"]').focus()
    for (const key of ['Home', 'ArrowDown', 'Enter']) await page.keyboard.press(key)
    const heading = page.getByRole('heading', { level: 1 })
    await expect.poll(() => heading.textContent(), soon).toMatch(/^Essay \d+: Document1\.docx$/)
    await page.locator('mark').first().waitFor()
    const chosen = () => page.locator('mark[data-selected]').first().getAttribute('data-mark')
    await page.keyboard.press('ArrowDown')
    const first = await chosen()
    await page.keyboard.press('ArrowDown')
    await expect.poll(chosen, soon).not.toBe(first)
    await page.keyboard.press('ArrowUp')
    await expect.poll(chosen, soon).toBe(first)

    const here = await heading.textContent()
    const [, slot] = /^Essay (\d+)/.exec(here!)!
    const [there, back] = Number(slot) < 5 ? ['ArrowRight', 'ArrowLeft'] : ['ArrowLeft', 'ArrowRight']
    const neighbours = page.getByRole('navigation', { name: 'Essays before and after' })
    await neighbours.waitFor()
    await page.keyboard.press(there!)
    await expect.poll(() => heading.textContent(), soon).not.toBe(here)
    await neighbours.waitFor()
    await page.keyboard.press(back!)
    await expect.poll(() => heading.textContent(), soon).toBe(here)
    expect(troubles).toEqual([])
    await context.close()
  }, 300_000)
})
