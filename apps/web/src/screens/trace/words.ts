/** The words for machine names: keys of `locales/en/trace.json`. */
export const eventWords = {
  'files.file-received': 'event.received',
  'files.text-extracted': 'event.text-extracted',
  'files.file-rejected': 'event.rejected',
  'files.file-removed': 'event.removed',
  'files.file-restored': 'event.restored',
  'essays.slot-assigned': 'event.slot-assigned',
  'essays.slots-exhausted': 'event.slots-exhausted',
  'essays.slot-freed': 'event.slot-freed',
  'batches.phase-pruned': 'event.pruned',
  'batches.check-timed-out': 'event.timed-out',
  'spelling.check-requested': 'event.spelling-requested',
  'spelling.essay-checked': 'event.spelling-checked',
  'spelling.essay-failed': 'event.spelling-failed',
  'language.check-requested': 'event.language-requested',
  'language.essay-checked': 'event.language-checked',
  'language.essay-failed': 'event.language-failed',
} as const

export const expectedWords = {
  'files.text-extracted': 'expects.read',
  'essays.slot-assigned': 'expects.slot',
  'spelling.essay-checked': 'expects.spelling',
  'language.essay-checked': 'expects.language',
} as const

/** The key for a machine name, or undefined for one that has no words yet. */
export const wordFor = <W extends Record<string, string>>(words: W, name: string): W[keyof W] | undefined =>
  Object.hasOwn(words, name) ? (words[name] as W[keyof W]) : undefined

const troubles = new Set([
  'files.file-rejected',
  'essays.slots-exhausted',
  'batches.check-timed-out',
  'spelling.essay-failed',
  'language.essay-failed',
])
const requests = /\.check-requested$/

/** Which shape stands for an event on the time line. */
export const shapeOf = (event: string): 'attention' | 'waiting' | 'removed' | 'done' =>
  troubles.has(event)
    ? 'attention'
    : event === 'files.file-removed' || event === 'essays.slot-freed'
      ? 'removed'
      : requests.test(event)
        ? 'waiting'
        : 'done'
