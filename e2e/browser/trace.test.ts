import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { until } from '../system.ts'
import { textFile } from '../client.ts'
import { startPeople, type People } from '../people.ts'
import { breakSlots, makeOverdue, mendSlots } from '../slot-fault.ts'
import {
  accessibilityTroubles,
  chromiumPath,
  keepPicture,
  launchBrowser,
  type TestBrowser,
} from './browser.ts'
import { overflow, tabTo, visitAs } from './visit-as.ts'

describe.skipIf(chromiumPath === null)('the trace of a file in a browser', { timeout: 240_000 }, () => {
  let system: People
  let browser: TestBrowser
  beforeAll(async () => {
    system = await startPeople()
    browser = await launchBrowser()
  })
  afterAll(async () => {
    await browser?.close()
    await system?.stop()
  })

  async function upload(name: string, text: string): Promise<{ batchId: string; fileUploadId: string }> {
    const { teacher } = system.people
    const { batchId } = await teacher.createBatch({ title: 'Later start' })
    const [item] = await teacher.upload(batchId, [textFile(name, text)])
    return { batchId, fileUploadId: item!.fileUploadId }
  }

  test('a file that waits too long says for which service, and moves on before one’s eyes once that is mended', async () => {
    const { teacher, admin } = system.people
    await breakSlots(system)
    const { fileUploadId } = await upload(
      'stuck.txt',
      'An essay that waits until somebody repairs the slots.',
    )
    await until(
      () => admin.json<{ deadLetters: { count: number } }>('GET', 'status'),
      ({ deadLetters }) => deadLetters.count === 1,
    )
    const { page, troubles } = await visitAs(browser, system.server.url, teacher)
    await page.goto(`/files/${fileUploadId}/trace`)
    await page.getByRole('heading', { name: 'Trace of stuck.txt', level: 1 }).waitFor()
    const hops = page.getByRole('listitem')
    await hops.nth(1).waitFor()
    expect(await hops.allInnerTexts()).toEqual([
      expect.stringContaining('Received') as string,
      expect.stringContaining('Its text was read') as string,
    ])
    await page.getByText('Its text was read; it has no essay slot yet.').waitFor()
    await page.getByText(/Expected: it gets an essay slot\. Essays works on it since/).waitFor()

    await makeOverdue(system, fileUploadId)
    // Time passes on the page by itself; that it was moved in the database, no event tells.
    await page.reload()
    await page.getByRole('heading', { name: 'Overdue: it gets an essay slot' }).waitFor()
    await page.getByText(/It waits for Essays since \d\d:\d\d/).waitFor()
    await page.getByText('tell whoever looks after Assay').waitFor()
    await keepPicture(page, 'trace-overdue')
    expect(await accessibilityTroubles(page)).toEqual([])

    await mendSlots(system)
    await admin.json('POST', 'dead-letters/replay', { subscription: 'essays' })
    await page.getByText('Got an essay slot').waitFor()
    await page.getByText('Read; it is essay 1 of its batch.').waitFor()
    await page.getByText('Nothing is expected: this file waits for nobody.').waitFor()
    await page.getByRole('link', { name: 'Open the essay' }).waitFor()
    expect(troubles).toEqual([])
  })

  test('a rejected file says why and what to do; machine names are one key away', async () => {
    const { fileUploadId } = await upload('empty.txt', '')
    const { page, troubles } = await visitAs(browser, system.server.url, system.people.teacher)
    await page.goto(`/files/${fileUploadId}/trace`)
    await page.getByText('It could not be used', { exact: true }).waitFor()
    const trace = await system.people.teacher.json<{ hops: { event: string; eventId: string }[] }>(
      'GET',
      `files/${fileUploadId}/trace`,
    )
    const rejection = trace.hops.find(({ event }) => event === 'files.file-rejected')!
    expect(await page.getByText(rejection.eventId).count()).toBe(0)
    await tabTo(page, 'Details of: It could not be used')
    await page.keyboard.press('Enter')
    await page.getByText(rejection.eventId).waitFor()
    await page.getByText('files.file-rejected').waitFor()
    expect(await accessibilityTroubles(page)).toEqual([])
    await page.keyboard.press('Enter')
    await page.getByText(rejection.eventId).waitFor({ state: 'detached' })
    expect(troubles).toEqual([])
  })

  test('on a phone and in the dark it fits and reads as well', async () => {
    const { batchId, fileUploadId } = await upload(
      'a very long name of a file that somebody gave without a thought for narrow screens.txt',
      'It is better when school starts later. '.repeat(30),
    )
    const { teacher } = system.people
    const runId = await teacher.startRun(batchId)
    const { page, troubles } = await visitAs(browser, system.server.url, teacher, {
      viewport: { width: 360, height: 740 },
      colorScheme: 'dark',
    })
    await page.goto(`/files/${fileUploadId}/trace`)
    await until(
      () => teacher.getRun(runId),
      ({ outcome }) => outcome !== null,
      120_000,
    )
    await page.getByText('Its language was measured').waitFor()
    expect(await overflow(page)).toBe(0)
    expect(await accessibilityTroubles(page)).toEqual([])
    expect(troubles).toEqual([])
  })

  test('a file of another teacher is not there', async () => {
    const { fileUploadId } = await upload('mine.txt', 'An essay of my own class and nobody else’s.')
    const { page } = await visitAs(browser, system.server.url, system.people.otherTeacher)
    await page.goto(`/files/${fileUploadId}/trace`)
    await page.getByText('There is no such file.').waitFor()
    expect(await page.getByText('mine.txt').count()).toBe(0)
  })
})
