import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { textFile } from '../client.ts'
import { startPeople, type People } from '../people.ts'
import { breakSlots, makeOverdue, mendSlots } from '../slot-fault.ts'
import { until } from '../system.ts'
import {
  accessibilityTroubles,
  chromiumPath,
  keepPicture,
  launchBrowser,
  type TestBrowser,
} from './browser.ts'
import { overflow, tabTo, visitAs } from './visit-as.ts'

describe.skipIf(chromiumPath === null)('the status page in a browser', { timeout: 240_000 }, () => {
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

  test('from all is well to what is broken, to the repair, with the keyboard alone and without a reload', async () => {
    const { admin, teacher } = system.people
    const { page, troubles } = await visitAs(browser, system.server.url, admin)
    const socket = page.waitForEvent('websocket')
    await page.goto('/status')
    await socket
    await page.getByRole('heading', { name: 'All is well' }).waitFor()
    await page.getByText('No event has been put aside.').waitFor()
    await page.getByText('No file waits longer than it should. One whose').waitFor()
    await page.getByText('read again every 10 seconds').waitFor()
    await page.getByText('an administrator copies them').waitFor()
    await page.getByRole('cell', { name: /Spelling checks the spelling of essays/ }).waitFor()
    expect(await accessibilityTroubles(page)).toEqual([])

    await breakSlots(system)
    const { batchId } = await teacher.createBatch({ title: 'Later start' })
    const items = await teacher.upload(batchId, [
      textFile('stuck.txt', 'An essay that waits until somebody repairs the slots.'),
    ])
    const { fileUploadId } = items[0]!
    await until(
      () => admin.json<{ deadLetters: { count: number } }>('GET', 'status'),
      ({ deadLetters }) => deadLetters.count === 1,
    )
    await makeOverdue(system, fileUploadId)
    await page.getByRole('heading', { name: '2 things need you' }).waitFor()
    await page.getByText('One event was put aside because it could not be handled.').waitFor()
    await page.getByText('One file waits longer than it should.').waitFor()
    await page.getByText('Essays could not handle files.text-extracted').waitFor()
    await page.getByText(/waits for Essays, since .*; overdue by/).waitFor()
    expect(await accessibilityTroubles(page)).toEqual([])
    await keepPicture(page, 'status-trouble')

    const replay = 'Hand over again: files.text-extracted to Essays'
    await tabTo(page, replay)
    await page.keyboard.press('Enter')
    await page.getByText(/One could still not be handled: .*planted fault/).waitFor()
    await page.getByText('tried 4 times').waitFor()

    await mendSlots(system)
    await page.getByRole('button', { name: replay }).focus()
    await page.keyboard.press('Enter')
    await page.getByText('One event was handled.').waitFor()
    await page.getByRole('heading', { name: 'All is well' }).waitFor()
    expect(troubles).toEqual([])
  })

  test('a file that waits leads to its trace; on a phone the page fits', async () => {
    const { admin, teacher } = system.people
    const { batchId } = await teacher.createBatch({ title: 'Another' })
    const [item] = await teacher.upload(batchId, [
      textFile('late.txt', 'An essay whose next step is long overdue.'),
    ])
    await until(
      () => teacher.batch(batchId),
      ({ counts }) => counts.slotsUsed === 1,
    )
    await system.server.bus.whenQuiet(30_000)
    await system.testDatabase.ownerPool.query(
      `insert into trace.expectations (file_upload_id, event, school_id, since, due_at)
       values ($1, 'spelling.essay-checked', $2, now() - interval '1 hour', now() - interval '50 minutes')`,
      [item!.fileUploadId, teacher.schoolId],
    )
    const { page, troubles } = await visitAs(browser, system.server.url, admin, {
      viewport: { width: 360, height: 740 },
      colorScheme: 'dark',
    })
    await page.goto('/status')
    await page.getByText(/waits for Spelling, since/).waitFor()
    expect(await overflow(page)).toBe(0)
    expect(await accessibilityTroubles(page)).toEqual([])
    await page.getByRole('link', { name: 'late.txt' }).click()
    await page.getByRole('heading', { name: 'Trace of late.txt' }).waitFor()
    await page.getByText(/It waits for Spelling since/).waitFor()
    await page.getByRole('link', { name: 'Open Status' }).click()
    await page.getByRole('heading', { name: 'Status', level: 1 }).waitFor()
    expect(troubles).toEqual([])
  })

  test('a teacher is told that the status is for administrators', async () => {
    const { page } = await visitAs(browser, system.server.url, system.people.teacher)
    await page.goto('/status')
    await page.getByText('The status is for administrators.').waitFor()
    expect(await page.getByText('All is well').count()).toBe(0)
  })
})
