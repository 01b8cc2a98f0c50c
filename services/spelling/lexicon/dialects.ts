// Rule: pairs each American-only spelling with its British-only twin (color, colour), by the regular differences.
// From: the two word lists themselves; the differences are Noah Webster's and the -ise/-ize question.
// Does not promise: pairs of different words (sidewalk, pavement).

const TURNS: [american: RegExp, british: string][] = [
  [/or(?=$|e|i|s|l|a|f|m)/, 'our'],
  [/er(?=$|s|$)/, 're'],
  [/er(?=ed$|ing$)/, 'r'],
  [/ter/, 'tre'],
  [/iz/, 'is'],
  [/yz/, 'ys'],
  [/og(?=$|s|ed|ing)/, 'ogue'],
  [/ense/, 'ence'],
  [/ens(?=i|e|a)/, 'enc'],
  [/l(?=ed$|ing$|er$|ers$|or$|ors$|ist$|ists$|ings$|y$|ous)/, 'll'],
  [/p(?=ed$|ing$|er$|ers$)/, 'pp'],
  [/t(?=ed$|ing$)/, 'tt'],
  [/ll(?=$|s$|ment|ful)/, 'l'],
  [/e/, 'ae'],
  [/e/, 'oe'],
  [/e/, 'ea'],
  [/am(?=$|s$)/, 'amme'],
  [/ray/, 'rey'],
  [/dg(?=ment)/, 'dge'],
  [/plow/, 'plough'],
  [/ction/, 'xion'],
  [/ck(?=$|s$|book)/, 'que'],
  [/ow/, 'ough'],
  [/ir/, 'yr'],
  [/a(?=x)/, 'aw'],
  [/ol(?=$|d|t)/, 'oul'],
  [/f/, 'ph'],
  [/k/, 'c'],
  [/c/, 's'],
  [/s/, 'c'],
  [/m/, 'mm'],
  [/u(?=m)/, 'iu'],
  [/o/, 'ou'],
  [/i/, 'y'],
  [/j/, 'g'],
  [/q/, 'qu'],
  [/ck/, 'k'],
  [/or/, 'er'],
  [/y/, 'ey'],
  [/og/, 'ogue'],
  [/k/, 'que'],
]

function respellings(word: string): Set<string> {
  const made = new Set<string>()
  for (const [american, british] of TURNS) {
    const everywhere = new RegExp(american.source, 'g')
    for (const match of word.matchAll(everywhere))
      made.add(word.slice(0, match.index) + british + word.slice(match.index + match[0].length))
  }
  return made
}

export function pairDialects(american: Set<string>, british: Set<string>): Map<string, string> {
  const twins = new Map<string, string>()
  for (const word of american) {
    const once = respellings(word)
    const twin =
      [...once].find((w) => british.has(w)) ??
      [...once].flatMap((w) => [...respellings(w)]).find((w) => british.has(w))
    if (twin !== undefined) twins.set(word, twin)
  }
  return twins
}
