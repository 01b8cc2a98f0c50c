import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { truncate } from '#platform/testing/documents/bad.ts'
import { makeEssayText } from '#platform/testing/documents/essay.ts'
import { startLocalProgram, type LocalProgram } from '../local-process.ts'
import { sampleClass, until } from '../system.ts'
import { continueAsOwner, dropOnPage, freePort, rowOf } from './app.ts'
import { chromiumPath, launchBrowser, type TestBrowser } from './browser.ts'

const essay = (seed: number): string => makeEssayText({ seed, words: 150, misspellings: 4 })
const long = { timeout: 180_000 }

/** Keeps every line of counts that the page ever showed, and notices when the page is loaded anew. */
const watchCounts = `(() => {
  window.countLines = new Set()
  const look = () => {
    const line = document.querySelector('[data-testid=counts]')?.textContent
    if (line) window.countLines.add(line)
  }
  new MutationObserver(look).observe(document.body, { subtree: true, childList: true, characterData: true })
  look()
})()`

/** "27 files received = 24 in slots + 3 rejected": whether both sides are equal. */
function addsUp(line: string): boolean {
  const [received = 0, ...parts] = (line.match(/\d+/g) ?? []).map(Number)
  return received === parts.reduce((sum, part) => sum + part, 0)
}

describe.skipIf(chromiumPath === null)('a teacher with a folder of 30 files', () => {
  let local: LocalProgram
  let browser: TestBrowser
  let folder: string
  let paths: string[]
  beforeAll(async () => {
    const port = String(await freePort())
    ;[local, browser] = await Promise.all([startLocalProgram({ args: ['--port', port] }), launchBrowser()])
    folder = await mkdtemp(join(tmpdir(), 'assay-teacher-'))
    const sample = await sampleClass()
    const whole = sample.find(({ name }) => name === 'maria-final.docx')!
    const files = [
      ...sample,
      { name: 'late arrival.txt', bytes: Buffer.from(essay(1)) },
      { name: 'never saved.docx', bytes: Buffer.alloc(0) },
      { name: 'cut off.docx', bytes: truncate(whole.bytes) },
    ]
    paths = files.map(({ name }) => join(folder, name))
    for (const { name, bytes } of files) await writeFile(join(folder, name), bytes)
  }, 180_000)
  afterAll(async () => {
    await browser?.close()
    await local?.remove()
    if (folder) await rm(folder, { recursive: true, force: true })
  })

  test('drops them, the server dies and is restarted half-way, and every file is accounted for to the export', async () => {
    const { address } = await local.client
      .request('GET', '/health/live')
      .then(({ url }) => ({ address: new URL(url).origin }))
    const { page, troubles } = await browser.visit(address)
    page.context().setDefaultTimeout(120_000)
    await continueAsOwner(page)
    await dropOnPage(page, paths, page.getByRole('region', { name: 'Add files' }))
    await page.waitForURL(/\/batches\/[0-9a-f-]{36}/)
    const batchId = /batches\/([0-9a-f-]{36})/.exec(page.url())![1]!
    await page.evaluate(watchCounts)

    const received = (least: number) =>
      until(
        () => local.client.batch(batchId),
        ({ counts }) => counts.received >= least,
        120_000,
      )
    await received(5)
    await local.kill('all')
    await local.start()
    await received(20)
    expect((await local.terminate()).code).toBe(0)
    await local.start()

    await page.getByText('The last check is complete.').waitFor(long)
    const settled = await until(
      () => local.client.batch(batchId),
      ({ counts }) => counts.received === 30 && counts.reading === 0,
      120_000,
    )
    const doubled = (await local.client.files(batchId)).filter(({ duplicateOf }) => duplicateOf)
    expect(doubled).toEqual([])
    expect(settled.counts).toMatchObject({ slotsUsed: 25, rejected: 5, duplicates: 0 })
    await expect
      .poll(() => page.getByTestId('counts').textContent(), long)
      .toBe('30 files received = 25 in slots + 5 rejected')
    await expect.poll(() => page.getByRole('grid').getAttribute('aria-rowcount'), long).toBe('31')
    const files = await local.client.files(batchId)
    expect(new Set(files.map(({ fileName }) => fileName)).size).toBe(30)
    const lines = await page.evaluate<string[]>('[...window.countLines]')
    expect(lines.length, 'the page was not loaded anew').toBeGreaterThan(1)
    expect(lines.filter((line) => !addsUp(line))).toEqual([])

    // What failed says why and what to do; one is replaced where it stands.
    await page.getByRole('button', { name: /^Needs you/ }).click()
    for (const { fileName, error } of files.filter(({ state }) => state === 'rejected'))
      await rowOf(page, fileName).getByText(`${error!.message} ${error!.remedy}`).waitFor()
    const chooser = page.waitForEvent('filechooser')
    await rowOf(page, 'never saved.docx').getByRole('button', { name: 'Replace' }).click()
    await (
      await chooser
    ).setFiles({ name: 'found again.txt', mimeType: 'text/plain', buffer: Buffer.from(essay(2)) })
    await page.getByRole('button', { name: /^All/ }).click()
    await page.getByRole('searchbox').fill('found again')
    await rowOf(page, 'found again.txt').getByText('Done', { exact: true }).waitFor(long)

    // One is removed and brought back into its slot.
    await page.getByRole('searchbox').fill('late arrival')
    const before = (await local.client.files(batchId)).find(
      ({ fileName }) => fileName === 'late arrival.txt',
    )!
    await page.getByRole('button', { name: 'What to do with late arrival.txt' }).click()
    await page.getByRole('menuitem', { name: 'Remove' }).click()
    await page.getByText('Removed late arrival.txt.').waitFor()
    await page.getByRole('status').getByRole('button', { name: 'Undo' }).click()
    await until(
      () => local.client.files(batchId),
      (all) => {
        const now = all.find(({ fileUploadId }) => fileUploadId === before.fileUploadId)
        return now?.state === 'in-slot'
      },
    )
    await rowOf(page, 'late arrival.txt')
      .getByText(/^(Done|In its slot|Being checked)$/)
      .waitFor()

    await page.getByRole('searchbox').fill('maria')
    await page.getByRole('link', { name: 'maria-final.docx' }).click()
    await page.getByRole('heading', { level: 1, name: /Essay \d+: maria-final\.docx/ }).waitFor()
    await page.locator('mark').first().waitFor()
    await page.getByRole('link', { name: 'Results', exact: true }).click()
    await page.getByRole('heading', { name: 'The class in figures' }).waitFor()

    const download = page.waitForEvent('download')
    await page.getByRole('link', { name: 'CSV' }).click()
    const table = await readFile(await (await download).path(), 'utf8')
    expect(table).toContain('maria-final.docx')
    expect(table).toContain('cut off.docx')
    expect(troubles).toEqual([])
    await page.close()
  }, 600_000)
})
