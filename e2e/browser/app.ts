import type { Page } from 'playwright-core'
import type { System } from '../system.ts'
import type { TestBrowser, Visitor } from './browser.ts'

/** A visitor of the app who has continued as the owner of this computer. */
export async function visitAsOwner(
  browser: TestBrowser,
  system: System,
  options: Parameters<TestBrowser['visit']>[1] = {},
): Promise<Visitor> {
  const visitor = await browser.visit(system.server.url, options)
  // Several seconds each, when others use the machine too.
  visitor.context.setDefaultTimeout(60_000)
  const answer = await visitor.context.request.post('/api/v1/owner-session', {
    headers: { origin: system.server.url },
  })
  if (!answer.ok()) throw new Error(`no session for the owner: ${answer.status()} ${await answer.text()}`)
  return visitor
}

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
