// What a teacher waits for when the app is opened: the JavaScript of the first screen, and when it can be used.
// Interactive: Home shows its list of batches and the main thread has answered a task after the frame that shows it,
// in milliseconds since the navigation began; each load is a new visitor of headless Chromium with an empty cache.
// Not promised: a network. Browser and server are on one machine, and share its cores.
import { chromiumPath, launchBrowser } from '../e2e/browser/browser.ts'
import { row, type BenchOptions, type Row } from './harness.ts'
import { Program } from './program.ts'

/** Runs before the page's own scripts. */
const watch = `new MutationObserver((_, observer) => {
  if (!document.querySelector('main a[href^="/batches/"]:not([href="/batches/new"])')) return
  observer.disconnect()
  requestAnimationFrame(() => setTimeout(() => (globalThis.interactiveAt = performance.now())))
}).observe(document, { subtree: true, childList: true })`

/** Kilobytes (1000 bytes) of JavaScript as they came over the wire, which the server compresses. */
const scripts = `performance.getEntriesByType('resource')
  .filter(({ name }) => name.endsWith('.js'))
  .reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0) / 1000`

export async function benchPage({ quick, say }: BenchOptions): Promise<Row[]> {
  if (chromiumPath === null) {
    say('page is left out: no Chromium')
    return []
  }
  const loads = quick ? 1 : 9
  const program = await Program.start()
  const browser = await launchBrowser()
  try {
    const made = await fetch(`${program.url}/api/v1/batches`, {
      method: 'POST',
      headers: { authorization: `Bearer ${program.token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ title: 'A class' }),
    })
    if (!made.ok) throw new Error(`no batch: ${made.status} ${await made.text()}`)
    const first = await browser.visit(program.url)
    const session = await first.context.request.post('/api/v1/owner-session', {
      headers: { origin: program.url },
    })
    if (!session.ok()) throw new Error(`no session: ${session.status()} ${await session.text()}`)
    const storageState = await first.context.storageState()
    await first.context.close()
    const interactive: number[] = []
    const gzipped: number[] = []
    for (let load = -1; load < loads; load++) {
      const { page, context } = await browser.visit(program.url, {
        storageState,
        extraHTTPHeaders: { 'accept-encoding': 'gzip' },
      })
      await page.addInitScript(watch)
      await page.goto('/')
      // The page's security policy lets no text be evaluated by waitForFunction.
      while (!(await page.evaluate<boolean>('globalThis.interactiveAt !== undefined')))
        await new Promise((done) => setTimeout(done, 50))
      // The first load warms the server and the browser's own start.
      if (load >= 0) {
        interactive.push((await page.evaluate<number>('globalThis.interactiveAt')) / 1000)
        gzipped.push(await page.evaluate<number>(scripts))
      }
      await context.close()
    }
    return [
      row('JavaScript of the first screen, kB gzipped', gzipped, { atMost: 250, goal: 150 }),
      row('first screen interactive, s', interactive, { atMost: 1.5, goal: 0.8 }),
    ]
  } finally {
    await browser.close()
    await program.stop()
  }
}
