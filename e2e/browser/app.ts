import { createServer, type AddressInfo } from 'node:net'
import type { Locator, Page } from 'playwright-core'
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

/** In by the front door, as the owner of this computer does who opens it for the first time. */
export async function continueAsOwner(page: Page): Promise<void> {
  await page.goto('/')
  await page.getByRole('button', { name: 'Continue as owner of this computer' }).click()
  await page.getByRole('heading', { name: 'Your batches' }).waitFor()
}

/** Drops files or folders of this computer on the page, as a mouse that comes from outside the browser does. */
export async function dropOnPage(page: Page, paths: readonly string[], onto?: Locator): Promise<void> {
  const box = await onto?.boundingBox()
  const place = box ? { x: box.x + box.width / 2, y: box.y + box.height / 2 } : { x: 400, y: 300 }
  const devtools = await page.context().newCDPSession(page)
  const data = { items: [], files: [...paths], dragOperationsMask: 1 }
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const)
    await devtools.send('Input.dispatchDragEvent', { type, ...place, data })
  await devtools.detach()
}

/** The line of the table that names this file. */
export const rowOf = (page: Page, name: string) =>
  page.getByRole('row').filter({ has: page.getByText(name, { exact: true }) })

/** For `expect.poll`. A loaded machine is slow, and slowness is no failure. */
export const soon = { timeout: 60_000 }

/** Of this moment: a restarted server has to come back where the page knows it. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}
