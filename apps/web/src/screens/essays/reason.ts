import type { TFunction } from 'i18next'
import { phaseOrder, type Line } from './line.ts'

export interface Reason {
  text: string
  /** The server's own words: the thing, the reason and the remedy. */
  ownWords: boolean
  /** Worth knowing, nothing to do. */
  quiet: boolean
}

/** Why a line is as it is and what to do about it; null for one that is well. */
export function reasonOf(
  t: TFunction<['essays', 'shared']>,
  { line, capacity, duplicateOf }: { line: Line; capacity: number | null; duplicateOf: string | undefined },
): Reason | null {
  const { row, upload, state } = line
  const ours = (text: string): Reason => ({ text, ownWords: false, quiet: false })
  const theirs = (text: string): Reason => ({ text, ownWords: true, quiet: false })
  if (state === 'not-sent')
    return upload?.problem?.code === 'file-gone'
      ? ours(t('why.file-gone'))
      : theirs(upload?.problem?.message ?? '')
  if (state === 'sending-again') return { ...ours(t('why.sending-again')), quiet: true }
  if (!row) return null
  if (state === 'rejected' && row.error) return theirs(`${row.error.message} ${row.error.remedy}`)
  if (state === 'waiting-for-slot') return ours(t('why.waiting-for-slot', { capacity: capacity ?? '' }))
  if (state === 'duplicate') return ours(t('why.duplicate', { name: duplicateOf ?? t('why.another') }))
  if (state === 'check-failed')
    return theirs(
      phaseOrder
        .flatMap((phase) => {
          const failure = row.phaseErrors?.[phase]
          const { message = '', remedy = '' } = failure ?? {}
          if (!failure) return []
          return [t('why.phase', { phase: t(`shared:phase.${phase}`), message, remedy })]
        })
        .join(' '),
    )
  if (state === 'removed') return { text: '', ownWords: false, quiet: true }
  if (row.remarks.length === 0) return null
  return { text: row.remarks.map(({ message }) => message).join(' '), ownWords: true, quiet: true }
}
