import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startSystem, type System } from '../system.ts'
import { chromiumPath, launchBrowser, type TestBrowser } from './browser.ts'

describe.skipIf(chromiumPath === null)('the API’s documentation in a browser', () => {
  let system: System
  let browser: TestBrowser
  beforeAll(async () => {
    system = await startSystem()
    browser = await launchBrowser()
  })
  afterAll(async () => {
    await browser?.close()
    await system?.stop()
  })

  test('names every route of the server', async () => {
    const { page, troubles } = await browser.visit(system.server.url)
    await page.goto('/api/docs')
    await page.getByText('Make a batch').waitFor()
    expect(await page.locator('.opblock').count()).toBeGreaterThan(18)
    expect(troubles).toEqual([])
  })
})
