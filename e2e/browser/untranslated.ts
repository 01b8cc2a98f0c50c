import type { Page } from 'playwright-core'

/**
 * What the page shows or says without having been translated: texts outside ⟦…⟧, in which `?locale=pseudo` puts
 * every translated one. The user's own words and names of machines stand under `translate="no"`; what `Intl` writes
 * (times, units, lists) under `<time>`, as a figure with its unit or as what joins a list. Ids are no words.
 */
export const untranslated = (page: Page): Promise<string[]> => page.evaluate<string[]>(script)

const script = String.raw`(() => {
  const bare = (text) => {
    let depth = 0
    let rest = ''
    for (const char of text) {
      if (char === '⟦') depth += 1
      else if (char === '⟧') depth -= 1
      else if (depth === 0) rest += char
    }
    return rest
  }
  const figure = /^[\s\d.,:%×÷±–−+=()/·-]*(?:[kMG]?B|bytes?|s|ms|h|min)?[\s.,)]*$/
  const id = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g
  const list = /^[\s,]*(and|or)?[\s,]*$/
  const isWords = (text) => /\p{L}{2}/u.test(text.replace(id, '')) && !figure.test(text) && !list.test(text)
  const found = []
  const walk = (node) => {
    if (node.nodeType === Node.TEXT_NODE) {
      const rest = bare(node.data).trim()
      if (isWords(rest)) found.push(rest.slice(0, 80))
      return
    }
    if (node.nodeType !== Node.ELEMENT_NODE) return
    if (['SCRIPT', 'STYLE', 'TIME', 'NOSCRIPT'].includes(node.tagName)) return
    if (node.getAttribute('translate') === 'no' || node.getAttribute('aria-hidden') === 'true') return
    for (const name of ['aria-label', 'title', 'placeholder', 'alt']) {
      const value = node.getAttribute(name)
      if (value !== null && isWords(bare(value))) found.push(name + ': ' + value.slice(0, 80))
    }
    node.childNodes.forEach(walk)
  }
  walk(document.body)
  return found
})()`
