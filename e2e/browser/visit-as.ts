import type { Page } from 'playwright-core'
import type { Person } from '../people.ts'
import type { TestBrowser, Visitor } from './browser.ts'

/** A browser in which this person has signed in. */
export async function visitAs(
  browser: TestBrowser,
  url: string,
  person: Person,
  options: Parameters<TestBrowser['visit']>[1] = {},
): Promise<Visitor> {
  const visitor = await browser.visit(url, options)
  await visitor.context.addCookies(
    person.cookie.split('; ').map((pair) => {
      const at = pair.indexOf('=')
      return { url, name: pair.slice(0, at), value: pair.slice(at + 1) }
    }),
  )
  return visitor
}

/** By how many pixels the page is wider than its window. */
export const overflow = (page: Page): Promise<number> =>
  page.evaluate<number>('Math.max(0, document.documentElement.scrollWidth - window.innerWidth)')

/** What a screen reader would call the element that has the focus. */
const focusedName = `(() => {
  const { activeElement: at } = document
  return (at.getAttribute('aria-label') ?? at.labels?.[0]?.textContent ?? at.textContent ?? '').trim()
})()`

/** Presses Tab until the focus is on an element with this name. */
export async function tabTo(page: Page, name: string): Promise<void> {
  for (let presses = 0; presses < 200; presses += 1) {
    await page.keyboard.press('Tab')
    if ((await page.evaluate<string>(focusedName)) === name) return
  }
  throw new Error(`no press of Tab leads to ${name}`)
}
