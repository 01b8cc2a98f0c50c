import type { ResourceKey } from 'i18next'

const accents: Record<string, string> = {
  a: 'á',
  e: 'é',
  i: 'í',
  o: 'ó',
  u: 'ú',
  A: 'Á',
  E: 'É',
  I: 'Í',
  O: 'Ó',
  U: 'Ú',
  n: 'ñ',
  c: 'ç',
}

/** ⟦Ésśáys⟧ for each text, longer by its brackets; placeholders and tags stay as they are. */
export function pseudo(resource: ResourceKey): ResourceKey {
  if (typeof resource === 'string')
    return `⟦${resource.replace(/(\{\{.*?\}\}|\$t\(.*?\)|<[^>]*>)|[aeiouAEIOUnc]/g, (char, kept) => kept ?? accents[char] ?? char)}⟧`
  return Object.fromEntries(
    Object.entries(resource).map(([key, value]) => [key, pseudo(value as ResourceKey)]),
  )
}
