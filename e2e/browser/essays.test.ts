import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { makeBrokenDocx } from '#platform/testing/documents/bad.ts'
import { makeEssayText } from '#platform/testing/documents/essay.ts'
import { startSystem, until, type System } from '../system.ts'
import { dropOnPage, freePort, rowOf, soon, visitAsOwner } from './app.ts'
import {
  accessibilityTroubles,
  chromiumPath,
  keepPicture,
  launchBrowser,
  type TestBrowser,
  type Visitor,
} from './browser.ts'

const essay = (seed: number): string => makeEssayText({ seed, words: 120, misspellings: 3 })

describe.skipIf(chromiumPath === null)('the Essays screen', () => {
  let system: System
  let browser: TestBrowser
  let folder: string
  const visitors: Visitor[] = []
  beforeAll(async () => {
    ;[system, browser] = await Promise.all([startSystem({ port: await freePort() }), launchBrowser()])
    folder = await mkdtemp(join(tmpdir(), 'assay-essays-'))
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

  /** A folder of essays on this computer. */
  async function essaysOnDisk(name: string, count: number): Promise<string> {
    const place = join(folder, name)
    await mkdir(place)
    for (let i = 1; i <= count; i++)
      await writeFile(join(place, `student ${i}.txt`), essay(name.length * 1000 + i))
    return place
  }

  test('files that find no slot are told of in one line, and one click makes room for all of them', async () => {
    const { batchId } = await system.createBatch({ title: 'Full', capacity: 2, runWhenQuiet: false })
    const files = Array.from({ length: 4 }, (_, i) => ({
      name: `full ${i}.txt`,
      bytes: Buffer.from(essay(900 + i)),
    }))
    await system.upload(batchId, files)
    await system.settled(batchId)
    const page = await visit(`/batches/${batchId}`)
    const said = page.getByText('All 2 slots are taken, and 2 files wait for one.')
    await said.waitFor()
    expect(await accessibilityTroubles(page)).toEqual([])
    await page.getByRole('button', { name: 'Make room for all 2' }).click()
    await said.waitFor({ state: 'detached' })
    for (const { name } of files) await rowOf(page, name).getByText('In its slot').waitFor()
    const { capacity, counts } = await system.batch(batchId)
    expect({ capacity, used: counts.slotsUsed }).toEqual({ capacity: 4, used: 4 })
  })

  test('a dropped folder is followed from the drop to the checks, file by file', async () => {
    const { batchId } = await system.createBatch({ title: 'Dropped', runWhenQuiet: false })
    const page = await visit(`/batches/${batchId}`)
    await page.getByText('No essays yet.').waitFor()
    const place = await essaysOnDisk('dropped', 6)
    await writeFile(join(place, '.hidden'), 'no essay')
    await writeFile(join(place, 'damaged.docx'), makeBrokenDocx())
    await dropOnPage(page, [place])

    for (let i = 1; i <= 6; i++) await rowOf(page, `student ${i}.txt`).getByText('In its slot').waitFor()
    await page.getByText(/student \d\.txt became essay \d/).waitFor()
    await expect
      .poll(() => page.getByTestId('counts').textContent(), soon)
      .toBe('7 files received = 6 in slots + 1 rejected')
    const damaged = rowOf(page, 'damaged.docx')
    await damaged.getByRole('button', { name: 'Replace' }).waitFor()
    const [rejected] = (await system.files(batchId)).filter((file) => file.state === 'rejected')
    expect(await damaged.innerText()).toContain(`${rejected?.error?.message} ${rejected?.error?.remedy}`)

    await page.getByRole('button', { name: 'Check now' }).click()
    for (let i = 1; i <= 6; i++)
      await rowOf(page, `student ${i}.txt`).getByText('Done', { exact: true }).waitFor()
    await page.getByText('The last check is complete.').waitFor()
    await keepPicture(page, 'essays')
  }, 120_000)

  test('a rejected file is replaced where it stands, and becomes an essay', async () => {
    const { batchId } = await system.createBatch({ title: 'Replaced' })
    await system.upload(batchId, [{ name: 'broken.docx', bytes: makeBrokenDocx() }])
    const page = await visit(`/batches/${batchId}`)
    const chooser = page.waitForEvent('filechooser')
    await rowOf(page, 'broken.docx').getByRole('button', { name: 'Replace' }).click()
    await (
      await chooser
    ).setFiles({ name: 'mended.txt', mimeType: 'text/plain', buffer: Buffer.from(essay(1)) })
    await rowOf(page, 'mended.txt').getByText('In its slot').waitFor()
    await rowOf(page, 'broken.docx').getByText('Replaced').waitFor()
  }, 120_000)

  test('Del removes what is selected with the keyboard, and Undo brings it back into its slot', async () => {
    const { batchId } = await system.createBatch({ title: 'Keys', capacity: 5 })
    await system.upload(
      batchId,
      Array.from({ length: 5 }, (_, i) => ({
        name: `essay ${i + 1}.txt`,
        bytes: Buffer.from(essay(50 + i)),
      })),
    )
    await system.settled(batchId)
    const before = await system.files(batchId)
    const page = await visit(`/batches/${batchId}`)
    await rowOf(page, 'essay 5.txt').getByText('In its slot').waitFor()
    // In from the page's start, as one does without a mouse.
    await page.locator('[data-line][tabindex="0"]').focus()
    for (const key of ['Home', 'ArrowDown', 'Space', 'Shift+ArrowDown', 'Shift+ArrowDown'])
      await page.keyboard.press(key)
    await page.getByText('3 selected').waitFor()
    await page.keyboard.press('Delete')
    await page.getByText('Removed 3 files.').waitFor()
    await until(
      async () => (await system.files(batchId)).filter((file) => file.state === 'removed').length,
      (removed) => removed === 3,
    )
    await page.getByText('3 removed').waitFor()
    await page.keyboard.press('Control+z')
    await until(
      async () => (await system.files(batchId)).map(({ slot, state }) => [slot, state]),
      (now) => JSON.stringify(now) === JSON.stringify(before.map(({ slot, state }) => [slot, state])),
    )
    await expect.poll(() => page.getByText('In its slot').count(), soon).toBe(5)
  }, 120_000)

  test('filter, search and sort narrow the table, and are a place that can be reloaded', async () => {
    const { batchId } = await system.createBatch({ title: 'Found' })
    await system.upload(batchId, [
      ...['zoe', 'maria', 'adam'].map((name, i) => ({
        name: `${name}.txt`,
        bytes: Buffer.from(essay(90 + i)),
      })),
      { name: 'broken.docx', bytes: makeBrokenDocx() },
    ])
    await system.settled(batchId)
    const page = await visit(`/batches/${batchId}`)
    await rowOf(page, 'adam.txt').waitFor()
    const names = () => page.locator('[data-line] [role=gridcell]:nth-child(3)').allInnerTexts()
    await page.getByRole('button', { name: /^Needs you/ }).click()
    await expect.poll(names, soon).toEqual(['broken.docx'])
    await page.getByRole('button', { name: /^All/ }).click()
    await page.getByRole('columnheader', { name: 'File' }).getByRole('button').click()
    await expect.poll(names, soon).toEqual(['adam.txt', 'broken.docx', 'maria.txt', 'zoe.txt'])
    await page.getByRole('columnheader', { name: 'File' }).getByRole('button').click()
    await page.getByRole('searchbox').fill('.txt')
    await expect.poll(names, soon).toEqual(['zoe.txt', 'maria.txt', 'adam.txt'])
    await page.reload()
    await expect.poll(names, soon).toEqual(['zoe.txt', 'maria.txt', 'adam.txt'])
    expect(await page.getByRole('columnheader', { name: 'File' }).getAttribute('aria-sort')).toBe(
      'descending',
    )
    await page.getByRole('searchbox').fill('parliment')
    await page.getByText('No file here has parliment in its name.').waitFor()
    await page.getByRole('button', { name: 'Clear search' }).click()
    await expect.poll(names, soon).toHaveLength(4)
  }, 120_000)

  test('files that go out while the server is restarted all arrive, once', async () => {
    const { batchId } = await system.createBatch({ title: 'Restarted' })
    const page = await visit(`/batches/${batchId}`)
    await page.getByText('No essays yet.').waitFor()
    const place = await essaysOnDisk('restarted', 40)
    await dropOnPage(page, [place])
    await until(
      async () => (await system.batch(batchId)).counts.received,
      (received) => received > 0,
    )
    await system.restart()
    await until(
      () => system.settled(batchId),
      ({ counts }) => counts.received === 40,
      60_000,
    )
    await page.getByText('40 files received').waitFor(soon)
    const files = await system.files(batchId)
    expect(new Set(files.map((file) => file.fileName)).size).toBe(40)
    expect(files.filter((file) => file.duplicateOf)).toEqual([])
    await expect.poll(() => page.getByRole('grid').getAttribute('aria-rowcount'), soon).toBe('41')
  }, 180_000)

  test('what was not sent when the tab was closed is named on return, and sent once when it is chosen again', async () => {
    const { batchId } = await system.createBatch({ title: 'Left' })
    const page = await visit(`/batches/${batchId}`)
    await page.getByText('No essays yet.').waitFor()
    await page.context().setOffline(true)
    const file = { name: 'late.txt', mimeType: 'text/plain', buffer: Buffer.from(essay(500)) }
    await page.getByTestId('choose-files').setInputFiles(file)
    await rowOf(page, 'late.txt').getByText('To be sent again').waitFor()
    const context = page.context()
    await page.close()
    await context.setOffline(false)
    const again = await context.newPage()
    await again.goto(`/batches/${batchId}`)
    await again.getByText(/1 file was chosen in an earlier visit and not sent: late\.txt/).waitFor()
    await again.getByTestId('choose-files').setInputFiles(file)
    await rowOf(again, 'late.txt').getByText('In its slot').waitFor()
    await again.getByText('chosen in an earlier visit').waitFor({ state: 'detached' })
    expect((await system.batch(batchId)).counts.received).toBe(1)
  }, 120_000)

  test('a check is paused, goes on and is ended early, and the page says so', async () => {
    const { batchId } = await system.createBatch({ title: 'Paused' })
    await system.upload(
      batchId,
      [1, 2, 3].map((i) => ({ name: `essay ${i}.txt`, bytes: Buffer.from(essay(700 + i)) })),
    )
    await system.settled(batchId)
    const page = await visit(`/batches/${batchId}`)
    const checks = page.getByRole('region', { name: 'Checks' })
    // Language cannot write down what it found, so the check is under way for as long as we look at it.
    const holder = await system.testDatabase.ownerPool.connect()
    try {
      await holder.query('begin')
      await holder.query('lock table language.checks in exclusive mode')
      await checks.getByRole('button', { name: 'Check now' }).click()
      await checks.getByText('Language: 0 of 3').waitFor()
      await checks.getByRole('button', { name: 'Pause' }).click()
      await checks.getByText('Paused').waitFor()
      await checks.getByRole('button', { name: 'Go on' }).click()
      await checks.getByText('Paused').waitFor({ state: 'detached' })
      await checks.getByRole('button', { name: 'End the check' }).click()
      await checks.getByText('The last check was ended early.').waitFor()
    } finally {
      await holder.query('rollback')
      holder.release()
    }
  }, 120_000)

  test('ten thousand files are one table of which only what is seen is drawn', async () => {
    const { batchId } = await system.createBatch({ title: 'Many' })
    await system.upload(batchId, [{ name: 'essay 1.txt', bytes: Buffer.from(essay(800)) }])
    await system.settled(batchId)
    // As if 9,999 more had come: what is looked at is the page, not the reading.
    await system.testDatabase.ownerPool.query(
      `insert into files.uploads
      select (jsonb_populate_record(null::files.uploads, to_jsonb(upload) || jsonb_build_object(
        'file_upload_id', left(upload.file_upload_id::text, 24) || lpad(to_hex(i), 12, '0'),
        'file_name', 'essay ' || i || '.txt', 'slot', null, 'essay_id', null,
        'state', 'waiting-for-slot'))).*
      from files.uploads upload, generate_series(2, 10000) i where upload.batch_id = $1`,
      [batchId],
    )
    const page = await visit(`/batches/${batchId}`)
    const grid = page.getByRole('grid')
    await expect.poll(() => grid.getAttribute('aria-rowcount'), soon).toBe('10001')
    expect(await page.locator('[data-line]').count()).toBeLessThan(80)
    await page.getByRole('columnheader', { name: 'File' }).getByRole('button').click()
    await page.locator('[data-line][tabindex="0"]').focus()
    await page.keyboard.press('End')
    const focused = page.locator('[data-line]:focus')
    await expect.poll(() => focused.innerText().catch(() => ''), soon).toContain('essay 10000.txt')
    expect(await focused.getAttribute('aria-rowindex')).toBe('10001')
    expect(await page.locator('[data-line]').count()).toBeLessThan(80)
    await page.getByRole('searchbox').fill('essay 7777')
    await expect.poll(() => grid.getAttribute('aria-rowcount'), soon).toBe('2')
    await system.request('DELETE', `files/${(await system.files(batchId, '&q=7777'))[0]?.fileUploadId}`)
    await rowOf(page, 'essay 7777.txt').getByText('Removed').waitFor()
  }, 180_000)

  for (const [name, options] of [
    ['in the light', {}],
    ['in the dark', { colorScheme: 'dark' }],
    ['on a phone', { viewport: { width: 360, height: 740 } }],
  ] as const)
    test(`it has no accessibility troubles ${name}`, async () => {
      const { batchId } = await system.createBatch({ title: 'Looked at', prompt: 'Write.', capacity: 2 })
      await system.upload(batchId, [
        ...[1, 2, 3].map((i) => ({ name: `essay ${i}.txt`, bytes: Buffer.from(essay(900 + i)) })),
        { name: 'again.txt', bytes: Buffer.from(essay(901)) },
        { name: 'broken.docx', bytes: makeBrokenDocx() },
      ])
      await system.settled(batchId)
      const page = await visit(`/batches/${batchId}`, options)
      await rowOf(page, 'broken.docx').getByText('Rejected').waitFor()
      await keepPicture(page, `essays ${name}`)
      expect(await accessibilityTroubles(page)).toEqual([])
      const overflow = await page.evaluate('document.documentElement.scrollWidth - innerWidth')
      expect(overflow, 'the page scrolls sideways').toBeLessThanOrEqual(0)
    }, 120_000)
})
