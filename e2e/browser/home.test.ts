import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { BatchView } from '#contracts/batches.ts'
import { makeEssayText } from '#platform/testing/documents/essay.ts'
import { startSystem, until, type System } from '../system.ts'
import { dropOnPage, rowOf, visitAsOwner } from './app.ts'
import {
  accessibilityTroubles,
  chromiumPath,
  keepPicture,
  launchBrowser,
  type TestBrowser,
  type Visitor,
} from './browser.ts'
import { untranslated } from './untranslated.ts'

const essay = (seed: number): string => makeEssayText({ seed, words: 120, misspellings: 3 })
const soon = { timeout: 60_000 }

describe.skipIf(chromiumPath === null)('Home and New batch', () => {
  let system: System
  let browser: TestBrowser
  let folder: string
  const visitors: Visitor[] = []
  beforeAll(async () => {
    ;[system, browser] = await Promise.all([startSystem(), launchBrowser()])
    folder = await mkdtemp(join(tmpdir(), 'assay-home-'))
  })
  afterEach(async () => {
    for (const { context, troubles } of visitors.splice(0)) {
      await context.close()
      expect(troubles).toEqual([])
    }
  })
  afterAll(async () => {
    await browser?.close()
    await system?.stop()
    if (folder) await rm(folder, { recursive: true, force: true })
  })

  async function visit(path: string, options: Parameters<typeof visitAsOwner>[2] = {}) {
    const visitor = await visitAsOwner(browser, system, options)
    visitors.push(visitor)
    await visitor.page.goto(path)
    return visitor.page
  }
  const batches = async (): Promise<BatchView[]> =>
    (await system.json<{ items: BatchView[] }>('GET', 'batches')).items

  test('files dropped on Home become a batch named after their folder, and are checked by themselves', async () => {
    const page = await visit('/')
    await page.getByText('Your batches will be here').waitFor()
    const place = join(folder, 'Year 9, school hours')
    await mkdir(join(place, 'late'), { recursive: true })
    await writeFile(join(place, 'maria.txt'), essay(1))
    await writeFile(join(place, 'late', 'josé.txt'), essay(2))
    await dropOnPage(page, [place])
    await page.getByRole('heading', { name: 'Year 9, school hours' }).waitFor(soon)
    await rowOf(page, 'maria.txt').getByText('Done', { exact: true }).waitFor(soon)
    await rowOf(page, 'late/josé.txt').getByText('Done', { exact: true }).waitFor(soon)
    await page.getByText('The last check is complete.').waitFor(soon)

    await page.getByRole('link', { name: 'Batches', exact: true }).click()
    const card = page.getByRole('listitem').filter({ hasText: 'Year 9, school hours' })
    await card.getByText('Done').waitFor(soon)
    expect(await card.getByTestId('counts').textContent()).toBe('2 files received = 2 in slots')
    await page.getByRole('link', { name: 'Continue with Year 9, school hours' }).click()
    await page.getByRole('heading', { name: 'Year 9, school hours' }).waitFor()
    // A screen reader hears where it is: the heading has the focus.
    await expect.poll(() => page.evaluate('document.activeElement.tagName'), soon).toBe('H1')
  }, 180_000)

  test('the counts of a batch add up on screen', async () => {
    const { batchId } = await system.createBatch({ title: 'Adds up', capacity: 2 })
    await system.upload(batchId, [
      ...[1, 2, 3].map((i) => ({ name: `${i}.txt`, bytes: Buffer.from(essay(20 + i)) })),
      { name: 'empty.txt', bytes: Buffer.alloc(0) },
    ])
    await system.settled(batchId)
    const page = await visit('/')
    const card = page.getByRole('listitem').filter({ hasText: 'Adds up' })
    const line = (await card.getByTestId('counts').textContent()) ?? ''
    expect(line).toBe('4 files received = 2 in slots + 1 waiting for a slot + 1 rejected')
    const [received, ...parts] = (line.match(/\d+/g) ?? []).map(Number)
    expect(parts.reduce((sum, part) => sum + part, 0)).toBe(received)
  }, 120_000)

  test('the example says that it is one, goes with one click, and comes back with Undo', async () => {
    const { batchId } = await system.createBatch({ title: 'Sample class', example: true })
    const page = await visit('/')
    const card = page.getByRole('listitem').filter({ hasText: 'Sample class' })
    await card.getByText('Example', { exact: true }).waitFor()
    await card.getByRole('button', { name: 'Remove the example' }).click()
    await card.waitFor({ state: 'detached' })
    expect((await batches()).map((batch) => batch.batchId)).not.toContain(batchId)
    await page.getByRole('button', { name: 'Undo' }).click()
    await card.waitFor()
    expect((await batches()).map((batch) => batch.batchId)).toContain(batchId)
  }, 120_000)

  test('a new batch says at the field what is wrong, and a reload loses nothing that was typed', async () => {
    const page = await visit('/batches/new')
    await page.getByLabel('Task').fill('Should the school day start later?')
    await page.getByLabel('A fixed number of slots').check()
    await page.getByLabel('Slots', { exact: true }).fill('0')
    await page.getByRole('button', { name: 'Make the batch' }).click()
    await page.getByText('Give the batch a title.').waitFor()
    await page.getByText('A whole number from 1 to 100,000.').waitFor()
    const title = page.getByLabel('Title')
    await expect
      .poll(() => page.evaluate("document.activeElement.labels?.[0]?.textContent ?? ''"), soon)
      .toContain('Title')
    await page.reload()
    expect(await page.getByLabel('Task').inputValue()).toBe('Should the school day start later?')
    await title.fill('10B, school hours')
    await page.getByLabel('Slots', { exact: true }).fill('25')
    await page.getByText('American').click()
    await page.getByRole('button', { name: 'Make the batch' }).click()
    await page.getByRole('heading', { name: '10B, school hours' }).waitFor()
    const [made] = (await batches()).filter((batch) => batch.title === '10B, school hours')
    expect(made).toMatchObject({
      capacity: 25,
      locale: 'en-US',
      phases: ['spelling', 'language'],
      prompt: 'Should the school day start later?',
    })
    await page.goto('/batches/new')
    expect(await page.getByLabel('Title').inputValue()).toBe('')
  }, 120_000)

  test('without the server the page says since when, keeps what was typed, and goes on when it is back', async () => {
    const page = await visit('/batches/new')
    await page.getByLabel('Title').fill('Typed offline')
    await page.context().setOffline(true)
    await page.getByRole('button', { name: 'Make the batch' }).click()
    await page.getByText(/^Not connected since \d\d:\d\d\. What you typed is kept; reconnecting\.$/).waitFor()
    await page.getByText('The batch could not be made.').waitFor()
    expect(await page.getByLabel('Title').inputValue()).toBe('Typed offline')
    await page.context().setOffline(false)
    await page.getByRole('button', { name: 'Make the batch' }).click()
    await page.getByRole('heading', { name: 'Typed offline' }).waitFor()
    await page.getByText(/^Not connected since/).waitFor({ state: 'detached' })
    expect((await batches()).filter((batch) => batch.title === 'Typed offline')).toHaveLength(1)
  }, 120_000)

  test('"?" shows the keys, and those of a single sign can be switched off', async () => {
    const page = await visit('/')
    await page.getByRole('heading', { name: 'Your batches' }).waitFor()
    await page.keyboard.press('?')
    const dialog = page.getByRole('dialog', { name: 'Keys' })
    await dialog.getByText('Show all keys').waitFor()
    await dialog.getByLabel('Keys of a single letter or sign').click()
    await page.keyboard.press('Escape')
    await dialog.waitFor({ state: 'detached' })
    await page.keyboard.press('?')
    await page.getByRole('button', { name: 'Keys', exact: true }).click()
    await dialog.waitFor()
    expect(await page.getByRole('dialog').count()).toBe(1)
  }, 120_000)

  test('every word can be translated: in the pseudo-locale none is left as it was', async () => {
    const { batchId } = await system.createBatch({ title: 'Pseudo', prompt: 'Write.', capacity: 2 })
    await system.upload(batchId, [
      ...[1, 2, 3].map((i) => ({ name: `${i}.txt`, bytes: Buffer.from(essay(40 + i)) })),
      { name: 'twice.txt', bytes: Buffer.from(essay(41)) },
      { name: 'empty.txt', bytes: Buffer.alloc(0) },
    ])
    await system.settled(batchId)
    for (const path of ['/', '/batches/new', `/batches/${batchId}`]) {
      const page = await visit(`${path}?locale=pseudo`)
      await page.locator('h1').waitFor()
      if (path.includes(batchId)) await rowOf(page, 'empty.txt').waitFor()
      await until(
        () => untranslated(page),
        (found) => found.length === 0,
      )
      await page.goto('about:blank')
    }
  }, 120_000)

  for (const [name, options] of [
    ['in the light', {}],
    ['in the dark', { colorScheme: 'dark' }],
    ['on a phone', { viewport: { width: 360, height: 740 } }],
  ] as const)
    test(`they have no accessibility troubles ${name}`, async () => {
      await system.createBatch({ title: `Looked at ${name}`, example: true })
      for (const [path, picture] of [
        ['/', 'home'],
        ['/batches/new', 'new-batch'],
      ] as const) {
        const page = await visit(path, options)
        await page.locator('h1').waitFor()
        if (path === '/') await page.getByText(`Looked at ${name}`).first().waitFor()
        await keepPicture(page, `${picture} ${name}`)
        expect(await accessibilityTroubles(page)).toEqual([])
        const overflow = await page.evaluate('document.documentElement.scrollWidth - innerWidth')
        expect(overflow, 'the page scrolls sideways').toBeLessThanOrEqual(0)
      }
    }, 120_000)
})
