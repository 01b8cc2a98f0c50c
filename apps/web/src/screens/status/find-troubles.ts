import type { SystemStatus } from '#contracts/status.ts'

/** One thing that an administrator can act on; the words are in `locales/en/status.json`. */
export type Trouble =
  | { kind: 'part'; name: string; error: string }
  | { kind: 'unassigned'; subscription: string; service: string; does: string }
  | {
      kind: 'stuck'
      subscription: string
      service: string
      does: string
      waits: number
      milliseconds: number
    }
  | { kind: 'held'; held: SystemStatus['longTransactions'][number] }
  | { kind: 'letters'; count: number }
  | { kind: 'chains'; count: number }
  | { kind: 'jobs'; count: number }
  | { kind: 'disk'; folder: string; freeBytes: number }
  | { kind: 'degraded'; part: string; loses: string; remedy: string }

/** An event that has waited so long was not merely overtaken by others. */
const stuckMs = 60_000
const littleDisk = 1024 ** 3

/** A subscription with work before it whose oldest event has waited too long. */
export const stuckFor = (
  { waitingSince, lag }: Pick<SystemStatus['subscriptions'][number], 'waitingSince' | 'lag'>,
  at: string,
): number | null => {
  if (lag === 0 || waitingSince === null) return null
  const milliseconds = Date.parse(at) - Date.parse(waitingSince)
  return milliseconds >= stuckMs ? milliseconds : null
}

/** What is wrong, the most harmful first. */
export function findTroubles(status: SystemStatus): Trouble[] {
  const troubles: Trouble[] = status.dependencies
    .filter((part) => part.required && part.status === 'down')
    .map(({ name, error }) => ({ kind: 'part', name, error: error ?? '' }))
  for (const held of status.longTransactions) troubles.push({ kind: 'held', held })
  for (const { name, service, does, assigned, lag, waitingSince } of status.subscriptions) {
    const milliseconds = stuckFor({ lag, waitingSince }, status.at)
    if (!assigned) troubles.push({ kind: 'unassigned', subscription: name, service, does })
    else if (milliseconds !== null)
      troubles.push({ kind: 'stuck', subscription: name, service, does, waits: lag, milliseconds })
  }
  const { deadLetters, brokenChains, jobs, disk } = status
  if (deadLetters.count > 0) troubles.push({ kind: 'letters', count: deadLetters.count })
  if (brokenChains.count > 0) troubles.push({ kind: 'chains', count: brokenChains.count })
  if (jobs.failed > 0) troubles.push({ kind: 'jobs', count: jobs.failed })
  if (disk && disk.freeBytes < littleDisk)
    troubles.push({ kind: 'disk', folder: disk.folder, freeBytes: disk.freeBytes })
  const said = new Set(
    status.longTransactions.map(({ process, preparedAs }) => preparedAs ?? `(process ${process})`),
  )
  for (const { part, loses, remedy } of status.degraded)
    if (![...said].some((name) => part.includes(name)))
      troubles.push({ kind: 'degraded', part, loses, remedy })
  return troubles
}
