import type { Page } from 'playwright-core'
import type { System } from '../system.ts'
import type { TestBrowser, Visitor } from './browser.ts'

/** A visitor of the app who is the owner of this computer. */
export const visitAsOwner = (
  browser: TestBrowser,
  system: System,
  options: Parameters<TestBrowser['visit']>[1] = {},
): Promise<Visitor> =>
  browser.visit(system.server.url, {
    ...options,
    extraHTTPHeaders: { authorization: `Bearer ${system.token}` },
  })

/** Drops files or folders of this computer on the page, as a mouse that comes from outside the browser does. */
export async function dropOnPage(page: Page, paths: readonly string[]): Promise<void> {
  const devtools = await page.context().newCDPSession(page)
  const data = { items: [], files: [...paths], dragOperationsMask: 1 }
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const)
    await devtools.send('Input.dispatchDragEvent', { type, x: 400, y: 300, data })
  await devtools.detach()
}

/** The line of the table that names this file. */
export const rowOf = (page: Page, name: string) =>
  page.getByRole('row').filter({ has: page.getByText(name, { exact: true }) })
