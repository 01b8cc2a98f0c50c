/** Texts of the page without the pseudo-locale's brackets; figures, times and what the user wrote are not asked. */
export const untranslated = `(() => {
  const found = []
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const text = node.textContent.trim()
    const inside = node.parentElement
    if (!/\\p{L}{2}/u.test(text) || inside.closest('[translate=no], script, style, noscript, time, option')) continue
    const whole = inside.closest('p, h1, h2, a, button, label, span, div, li')?.textContent ?? text
    if (!whole.includes('⟦') && !text.includes('⟦')) found.push(text)
  }
  for (const element of document.querySelectorAll('[aria-label], [placeholder]'))
    for (const name of ['aria-label', 'placeholder']) {
      const text = element.getAttribute(name)
      if (text && !text.includes('⟦') && !element.closest('[translate=no], [aria-hidden=true]')) found.push(name + ': ' + text)
    }
  return found
})()`
