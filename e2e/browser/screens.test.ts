import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { sampleClass, startSystem, type System } from '../system.ts'
import {
  accessibilityTroubles,
  chromiumPath,
  keepPicture,
  launchBrowser,
  type TestBrowser,
  type Visitor,
} from './browser.ts'
import { untranslated } from './untranslated.ts'
import { overflow } from './visit-as.ts'

interface Screen {
  path: () => string
  /** Returns when what the screen is for has come; by no words, for they may be translated. */
  ready: (page: Page) => Promise<unknown>
  /** For whoever has not signed in. */
  open?: true
}

/** What `docs/screens` shows beside each screen in the light. */
const inTheDark = new Set(['essays', 'results'])
const onAPhone = new Set(['essays', 'essay'])

/** Colours have changed over and been drawn; what is half-way between two has no contrast that counts. */
const atRest = (page: Page): Promise<unknown> =>
  page.evaluate(`(async () => {
    const drawn = () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))
    await drawn()
    const ending = document.getAnimations().filter(({ effect }) => effect.getComputedTiming().endTime !== Infinity)
    await Promise.allSettled(ending.map(({ finished }) => finished))
    await drawn()
  })()`)

const title = 'Year 10, starting later'

describe.skipIf(chromiumPath === null)('with a class on it', () => {
  let system: System
  let browser: TestBrowser
  let owner: Awaited<ReturnType<Visitor['context']['storageState']>>
  const ids = { batch: '', essay: '', file: '' }

  const first = (selector: string) => (page: Page) => page.locator(selector).first().waitFor()
  const screens: Record<string, Screen> = {
    'sign-in': { path: () => '/sign-in', ready: first('main button, form button, button'), open: true },
    home: {
      path: () => '/',
      ready: (page) => page.getByRole('link', { name: title, exact: true }).waitFor(),
    },
    'new-batch': { path: () => '/batches/new', ready: first('form textarea') },
    essays: { path: () => `/batches/${ids.batch}`, ready: first('[data-state=done]') },
    essay: { path: () => `/batches/${ids.batch}/essays/${ids.essay}`, ready: first('mark') },
    results: { path: () => `/batches/${ids.batch}/results`, ready: first('#composition table') },
    trace: {
      path: () => `/files/${ids.file}/trace`,
      ready: (page) => page.locator('main li').nth(4).waitFor(),
    },
    status: { path: () => '/status', ready: first('main table') },
    settings: { path: () => '/settings', ready: (page) => page.locator('main h2').nth(2).waitFor() },
    'not-found': { path: () => '/nowhere', ready: first('h1') },
  }

  beforeAll(async () => {
    ;[system, browser] = await Promise.all([startSystem(), launchBrowser()])
    const { batchId } = await system.createBatch({
      title,
      prompt: 'Should school start later in the morning? Write an article for the school magazine.',
    })
    await system.upload(batchId, await sampleClass())
    await system.settled(batchId)
    await system.run(batchId)
    const { essays } = await system.results(batchId)
    const essay = essays.find(({ spelling }) => (spelling.findings?.length ?? 0) > 3)!
    Object.assign(ids, { batch: batchId, essay: essay.essayId, file: essay.fileUploadId })
    const { page, context } = await browser.visit(system.server.url)
    await page.goto('/')
    await page.getByRole('button', { name: 'Continue as owner of this computer' }).click()
    await page.getByRole('heading', { name: 'Your batches' }).waitFor()
    owner = await context.storageState()
    await context.close()
  }, 300_000)
  afterAll(async () => {
    await browser?.close()
    await system?.stop()
  })

  for (const [name, screen] of Object.entries(screens))
    test(`${name} keeps nobody out, fits a phone and leaves no word untranslated`, async () => {
      const visitor = await browser.visit(system.server.url, screen.open ? {} : { storageState: owner })
      const { page, context, troubles } = visitor
      await page.goto(screen.path())
      await screen.ready(page)
      await keepPicture(page, name)
      expect.soft(await accessibilityTroubles(page), 'in the light').toEqual([])

      await page.emulateMedia({ colorScheme: 'dark' })
      await atRest(page)
      if (inTheDark.has(name)) await keepPicture(page, `${name}-dark`)
      expect.soft(await accessibilityTroubles(page), 'in the dark').toEqual([])

      await page.emulateMedia({ colorScheme: 'light' })
      await page.setViewportSize({ width: 360, height: 740 })
      await screen.ready(page)
      await atRest(page)
      if (onAPhone.has(name)) await keepPicture(page, `${name}-phone`)
      expect.soft(await overflow(page), 'scrolls sideways on a phone by so many pixels').toBe(0)
      expect.soft(await accessibilityTroubles(page), 'on a phone').toEqual([])

      await page.setViewportSize({ width: 1280, height: 800 })
      await page.goto(`${screen.path()}?locale=pseudo`)
      await screen.ready(page)
      await expect.poll(() => page.locator('h1').first().textContent(), { timeout: 60_000 }).toBeTruthy()
      expect.soft(await untranslated(page), 'without brackets').toEqual([])
      await context.close()
      expect(troubles, 'errors of the page, and what its security policy refused').toEqual([])
    }, 300_000)
})
