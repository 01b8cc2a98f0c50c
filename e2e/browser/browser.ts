import { existsSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { AxeBuilder } from '@axe-core/playwright'
import {
  chromium,
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  type Page,
} from 'playwright-core'

/** Where Chromium is on Debian, elsewhere by `ASSAY_CHROMIUM`; null where there is none. */
export const chromiumPath: string | null =
  [
    process.env.ASSAY_CHROMIUM,
    '/usr/bin/chromium',
    '/usr/bin/chromium-browser',
    '/usr/bin/google-chrome',
  ].find((path) => path !== undefined && existsSync(path)) ?? null

if (chromiumPath === null)
  console.warn(
    'Browser tests are skipped: no Chromium (on Debian: apt-get install chromium, or set ASSAY_CHROMIUM).',
  )

/** A real Chromium. One for a test file; each test opens a context of its own. */
export interface TestBrowser {
  browser: Browser
  /** A new visitor: no cookies, nothing stored. Errors of its pages are collected in `troubles`. */
  visit(url: string, options?: BrowserContextOptions): Promise<Visitor>
  close(): Promise<void>
}

export interface Visitor {
  context: BrowserContext
  page: Page
  /** Uncaught errors and what the Content-Security-Policy refused: a test expects none at its end. */
  troubles: string[]
}

export async function launchBrowser(): Promise<TestBrowser> {
  const browser = await chromium.launch({
    executablePath: chromiumPath ?? '',
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--disable-dev-shm-usage'],
  })
  return {
    browser,
    async visit(url, options = {}) {
      const context = await browser.newContext({
        baseURL: url,
        viewport: { width: 1280, height: 800 },
        ...options,
      })
      // A loaded machine is slow, and slowness is no failure.
      context.setDefaultTimeout(90_000)
      const page = await context.newPage()
      const troubles: string[] = []
      page.on('pageerror', (error) => troubles.push(error.message))
      page.on('console', (message) => {
        if (/content security policy/i.test(message.text())) troubles.push(message.text())
      })
      return { context, page, troubles }
    },
    close: () => browser.close(),
  }
}

/** What axe finds against WCAG 2.2 A and AA on the page as it is, one line for each element. */
export async function accessibilityTroubles(page: Page): Promise<string[]> {
  // A change from light to dark runs through nested elements for a few frames, in colours that nobody reads.
  await page.evaluate(`(async () => {
    const frame = () => new Promise((resolve) => requestAnimationFrame(resolve))
    const changing = ({ playState, effect }) =>
      playState === 'running' && effect.getTiming().iterations !== Infinity
    await frame()
    while (document.getAnimations().some(changing)) await frame()
  })()`)
  const { violations } = await new AxeBuilder({ page })
    .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'])
    .analyze()
  return violations.flatMap(({ id, nodes }) =>
    nodes.map((node) => `${id}: ${node.target.join(' ')}: ${node.failureSummary ?? ''}`),
  )
}

const pictures = fileURLToPath(new URL('../../docs/screens/', import.meta.url))

/** Keeps a picture of the page under `docs/screens`, when asked for with `ASSAY_SCREENSHOTS=1`. */
export async function keepPicture(page: Page, name: string): Promise<void> {
  if (process.env.ASSAY_SCREENSHOTS !== '1') return
  await mkdir(pictures, { recursive: true })
  await page.screenshot({ path: `${pictures}${name}.png` })
}
