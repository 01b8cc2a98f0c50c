import { html, type Html } from './html.ts'
import { showText } from './visible.ts'

/** Longer prompts would push the figures off the first page; they stand whole further down. */
const longestOnFirstPage = 400
const cutAt = 300

const isLong = (prompt: string): boolean =>
  prompt.length > longestOnFirstPage || prompt.split('\n').length > 6

/** The beginning up to the last word that fits. */
function beginning(prompt: string): string {
  const head = prompt.slice(0, cutAt).replaceAll(/\s+/g, ' ')
  const end = head.lastIndexOf(' ')
  return `${end > 0 ? head.slice(0, end) : head} …`
}

export function promptOnFirstPage(prompt: string | null): Html | null {
  if (!prompt) return null
  if (!isLong(prompt)) return html`<p class="prompt">${showText(prompt)}</p>`
  return html`<p class="prompt">${showText(beginning(prompt))} <a href="#prompt">The whole prompt</a></p>`
}

export function promptSection(prompt: string | null): Html | null {
  if (!prompt || !isLong(prompt)) return null
  return html`<section class="sheet" id="prompt" aria-labelledby="prompt-title">
    <h2 id="prompt-title">The prompt</h2>
    <p class="prompt">${showText(prompt)}</p>
  </section>`
}
