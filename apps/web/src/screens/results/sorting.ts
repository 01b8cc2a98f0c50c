import type { ClassEssay } from '#contracts/results.ts'

export const columns = [
  'slot',
  'file',
  'words',
  'findings',
  'rate',
  'hints',
  'reading',
  'sentences',
  'vocabulary',
  'state',
] as const
export type Column = (typeof columns)[number]
export type Order = 'asc' | 'desc'

const names = new Intl.Collator('en', { numeric: true })
const ranks = ['failed', 'running', 'pending', 'not-requested', 'succeeded']
const rankOf = (essay: ClassEssay): number =>
  Math.min(...Object.values(essay.phases).map((status) => ranks.indexOf(status)))

const valueOf: Record<Exclude<Column, 'file'>, (essay: ClassEssay) => number | null> = {
  slot: (essay) => essay.slot,
  words: (essay) => essay.words,
  findings: (essay) => essay.spellingFindings,
  rate: (essay) => essay.per100Words,
  hints: (essay) => essay.hints,
  reading: (essay) => essay.readingAge,
  sentences: (essay) => essay.wordsPerSentence,
  vocabulary: (essay) => essay.diversity,
  state: rankOf,
}

/** What is not known stands last in either order; equals stand by their slot. */
export function sortEssays(essays: readonly ClassEssay[], by: Column, order: Order): ClassEssay[] {
  const sign = order === 'asc' ? 1 : -1
  if (by === 'file')
    return essays.toSorted((a, b) => sign * names.compare(a.fileName, b.fileName) || a.slot - b.slot)
  const value = valueOf[by]
  return essays.toSorted((a, b) => {
    const [left, right] = [value(a), value(b)]
    if (left === null || right === null)
      return (left === null ? 1 : 0) - (right === null ? 1 : 0) || a.slot - b.slot
    return sign * (left - right) || a.slot - b.slot
  })
}
