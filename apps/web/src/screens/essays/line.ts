// Rule: what one line of the Essays table says: its state, whose turn it is, how it is found, sorted and filtered.
// From: the row as the server tells it, or an upload that the server has not answered.
// Not promised: that a state is still true when it is read; the table is renewed as news comes.
import type { Phase } from '#contracts/common.ts'
import type { BatchRow } from '#contracts/results.ts'
import type { Upload } from '../../uploads/uploads.ts'

export type Filter = 'all' | 'working' | 'needs-you' | 'done'
export const filters: readonly Filter[] = ['all', 'working', 'needs-you', 'done']

export type LineState =
  | 'queued'
  | 'sending'
  | 'sending-again'
  | 'not-sent'
  | 'reading'
  | 'waiting-for-slot'
  | 'rejected'
  | 'removed'
  | 'replaced'
  | 'checking'
  | 'check-failed'
  | 'duplicate'
  | 'in-slot'
  | 'done'

export interface Line {
  id: string
  name: string
  state: LineState
  /** A line is in exactly one; a removed one only in `all`. */
  filter: Exclude<Filter, 'all'> | null
  row: BatchRow | null
  upload: Upload | null
}

const filterOf: Record<LineState, Line['filter']> = {
  queued: 'working',
  sending: 'working',
  'sending-again': 'working',
  'not-sent': 'needs-you',
  reading: 'working',
  'waiting-for-slot': 'needs-you',
  rejected: 'needs-you',
  removed: null,
  replaced: null,
  checking: 'working',
  'check-failed': 'needs-you',
  duplicate: 'needs-you',
  'in-slot': 'done',
  done: 'done',
}

function stateOfRow(row: BatchRow): LineState {
  if (row.state === 'received' || row.state === 'reading') return 'reading'
  if (row.state === 'removed') return row.replacedBy ? 'replaced' : 'removed'
  if (row.state !== 'in-slot') return row.state
  const statuses = Object.values(row.phases)
  if (statuses.includes('running') || statuses.includes('pending')) return 'checking'
  if (statuses.includes('failed')) return 'check-failed'
  if (row.duplicateOf) return 'duplicate'
  return statuses.includes('succeeded') ? 'done' : 'in-slot'
}

const uploadStates: Record<Upload['state'], LineState> = {
  queued: 'queued',
  sending: 'sending',
  waiting: 'sending-again',
  refused: 'not-sent',
}

/** A row seldom changes, and there may be ten thousand: its line is made once. */
const made = new WeakMap<BatchRow, Line>()

export function lineOfRow(row: BatchRow): Line {
  const before = made.get(row)
  if (before) return before
  const state = stateOfRow(row)
  const line: Line = {
    id: row.fileUploadId,
    name: row.fileName,
    state,
    filter: filterOf[state],
    row,
    upload: null,
  }
  made.set(row, line)
  return line
}

export function lineOfUpload(upload: Upload): Line {
  const state = uploadStates[upload.state]
  return { id: upload.key, name: upload.name, state, filter: filterOf[state], row: null, upload }
}

/** Phases with what became of each, in the order they are shown. */
export const phaseOrder: readonly Phase[] = ['spelling', 'language']

export type SortKey = 'received' | 'name' | 'slot' | 'words' | 'findings' | 'phases' | 'time' | 'state'
export const sortKeys: readonly SortKey[] = [
  'received',
  'slot',
  'name',
  'words',
  'findings',
  'phases',
  'time',
  'state',
]

const names = new Intl.Collator('en', { numeric: true, sensitivity: 'base' })
const progressOf = (line: Line): number | null => {
  const statuses = Object.values(line.row?.phases ?? {})
  if (statuses.length === 0) return null
  const done = statuses.filter((status) => status === 'succeeded' || status === 'failed').length
  return done + statuses.filter((status) => status === 'running').length / 2
}

/** Smallest first; what has no value comes last, whichever way it is sorted. */
const valueOf: Record<Exclude<SortKey, 'received' | 'name'>, (line: Line) => number | string | null> = {
  slot: ({ row }) => row?.slot ?? null,
  words: ({ row }) => row?.words ?? null,
  findings: ({ row }) => row?.findings ?? null,
  time: ({ row }) => row?.durationMs ?? null,
  phases: progressOf,
  state: ({ state }) => stateOrder.indexOf(state),
}

/** What needs the teacher first, what is done last. */
const stateOrder: readonly LineState[] = [
  'not-sent',
  'rejected',
  'check-failed',
  'waiting-for-slot',
  'duplicate',
  'sending-again',
  'sending',
  'queued',
  'reading',
  'checking',
  'in-slot',
  'done',
  'replaced',
  'removed',
]

/** Stable: lines that are equal stay in order of receipt, which `lines` are in. */
export function sortLines(lines: readonly Line[], key: SortKey, descending: boolean): readonly Line[] {
  const sign = descending ? -1 : 1
  if (key === 'received') return descending ? lines.toReversed() : lines
  if (key === 'name') return lines.toSorted((a, b) => sign * names.compare(a.name, b.name))
  const value = valueOf[key]
  return lines.toSorted((a, b) => {
    const [x, y] = [value(a), value(b)]
    if (x === null || y === null) return x === y ? 0 : x === null ? 1 : -1
    return x < y ? -sign : x > y ? sign : 0
  })
}

/** By name, or by essay number: "7" finds essay 7 and every name with a 7 in it. */
export function findLines(lines: readonly Line[], filter: Filter, search: string): readonly Line[] {
  const wanted = search.trim().toLocaleLowerCase()
  if (filter === 'all' && wanted === '') return lines
  return lines.filter(
    (line) =>
      (filter === 'all' || line.filter === filter) &&
      (wanted === '' ||
        line.name.toLocaleLowerCase().includes(wanted) ||
        (line.row?.archive?.toLocaleLowerCase().includes(wanted) ?? false) ||
        String(line.row?.slot ?? '') === wanted),
  )
}

export function countByFilter(lines: readonly Line[]): Record<Filter, number> {
  const counts: Record<Filter, number> = { all: lines.length, working: 0, 'needs-you': 0, done: 0 }
  for (const { filter } of lines) if (filter) counts[filter] += 1
  return counts
}
