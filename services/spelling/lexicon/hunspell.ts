// Rule: expands a hunspell dictionary into plain words with the flags each word carries.
// From: the hunspell(5) format, the part that the English dictionaries use (one prefix and one suffix, cross product).
// Does not promise: compounds, two-fold suffixes, or any language other than English.

type Affix = { strip: string; add: string; when: RegExp }
type AffixClass = { prefix: boolean; cross: boolean; rules: Affix[] }

export type DictionaryWord = { word: string; neverSuggest: boolean; possessive: boolean }

function readAffixes(aff: string): Map<string, AffixClass> {
  const classes = new Map<string, AffixClass>()
  for (const line of aff.split('\n')) {
    const [kind, flag, a, b, c] = line.trim().split(/\s+/)
    if ((kind !== 'PFX' && kind !== 'SFX') || flag === undefined || a === undefined) continue
    const known = classes.get(flag)
    if (known === undefined) {
      classes.set(flag, { prefix: kind === 'PFX', cross: a === 'Y', rules: [] })
      continue
    }
    const condition = c ?? '.'
    known.rules.push({
      strip: a === '0' ? '' : a,
      add: b === '0' || b === undefined ? '' : b,
      when: kind === 'PFX' ? new RegExp(`^${condition}`) : new RegExp(`${condition}$`),
    })
  }
  return classes
}

function attach(word: string, affixes: AffixClass): string[] {
  const made: string[] = []
  for (const { strip, add, when } of affixes.rules) {
    if (!when.test(word)) continue
    if (affixes.prefix) made.push(add + word.slice(strip.length))
    else if (word.endsWith(strip)) made.push(word.slice(0, word.length - strip.length) + add)
  }
  return made
}

/** Possessives (flag M) are not expanded: they come back as `possessive`, and the tokeniser strips 's. */
export function expandDictionary(aff: string, dic: string): DictionaryWord[] {
  const classes = readAffixes(aff)
  const out: DictionaryWord[] = []
  for (const line of dic.split('\n').slice(1)) {
    const entry = line.trim()
    if (entry === '') continue
    const slash = entry.indexOf('/')
    const stem = slash < 0 ? entry : entry.slice(0, slash)
    const flags = slash < 0 ? '' : entry.slice(slash + 1)
    if (/\d/.test(stem)) continue
    const neverSuggest = flags.includes('!')
    const possessive = flags.includes('M')
    out.push({ word: stem, neverSuggest, possessive })
    const own = [...flags].flatMap((f) => (f === 'M' ? [] : (classes.get(f) ?? [])))
    for (const suffix of own.filter((c) => !c.prefix))
      for (const word of attach(stem, suffix)) out.push({ word, neverSuggest, possessive: false })
    for (const prefix of own.filter((c) => c.prefix))
      for (const word of attach(stem, prefix)) {
        out.push({ word, neverSuggest, possessive: false })
        if (!prefix.cross) continue
        for (const suffix of own.filter((c) => !c.prefix && c.cross))
          for (const both of attach(word, suffix)) out.push({ word: both, neverSuggest, possessive: false })
      }
  }
  return out
}
