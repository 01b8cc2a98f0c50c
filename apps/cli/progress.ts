import type { BatchCounts, FileView, RunView } from '#contracts/results.ts'
import type { Client } from './client.ts'
import { liveLines, paint, showName } from './terminal.ts'

/** How often the server is asked, in milliseconds. */
const interval = 200
/** Above this many files only counts are shown while the run is under way. */
const namedFiles = 300

/** The one line on which every file is accounted for. */
export const countsLine = (counts: BatchCounts): string =>
  `${counts.received} received = ${counts.reading} reading + ${counts.slotsUsed} in slots + ${counts.waitingForSlot} waiting for a slot + ${counts.rejected} rejected + ${counts.removed} removed`

const bar = (done: number, all: number): string => {
  const filled = all === 0 ? 0 : Math.round((20 * done) / all)
  return `${'█'.repeat(filled)}${'░'.repeat(20 - filled)}`
}

/** What happened to one file, in one line. */
export function fileLine(file: FileView): string {
  const name = showName(file.archive === undefined ? file.fileName : `${file.archive}: ${file.fileName}`)
  if (file.state === 'in-slot') return `${name} became essay ${file.slot} (${file.words} words)`
  if (file.state === 'rejected') return `${name} was rejected: ${file.error?.message ?? ''}`
  if (file.state === 'waiting-for-slot') return `${name} waits for a slot: all slots of the batch are taken`
  return `${name} is ${file.state}`
}

/** Follows a run to its end: live lines on a terminal, a line for each file and phase elsewhere. */
export async function watchRun(
  client: Client,
  batchId: string,
  runId: string,
  say: (line: string) => void,
): Promise<RunView> {
  const live = liveLines()
  const settled = new Set<string>()
  const told = new Set<string>()
  try {
    for (;;) {
      const run = await client.getRun(runId)
      const { counts } = await client.getBatch(batchId)
      const fresh: string[] = []
      if (counts.received <= namedFiles && counts.received - counts.reading > settled.size)
        for await (const file of client.listFiles(batchId))
          if (file.state !== 'received' && file.state !== 'reading' && !settled.has(file.fileUploadId)) {
            settled.add(file.fileUploadId)
            fresh.push(fileLine(file))
          }
      for (const phase of run.phases)
        if (phase.stage === 'closed' && !told.has(phase.name)) {
          told.add(phase.name)
          const pruned = phase.pruned > 0 ? `, ${phase.pruned} of them known already` : ''
          fresh.push(
            `${phase.name}: ${phase.outcome}, ${phase.succeeded} essays${pruned}${phase.failed > 0 ? `, ${phase.failed} failed` : ''}`,
          )
        }
      if (fresh.length > 0) {
        live.clear()
        for (const line of fresh) say(line)
      }
      if (run.outcome !== null) return run
      live.show([
        paint(process.stderr, 'bold', countsLine(counts)),
        ...run.phases.map((phase) => {
          const done = phase.succeeded + phase.failed
          const all = Math.max(done + phase.pending, counts.slotsUsed + counts.reading)
          return `${phase.name.padEnd(10)} ${bar(done, all)} ${done} of ${all}${phase.stage === 'waiting' ? ' (waits)' : ''}${run.paused ? ' (paused)' : ''}`
        }),
      ])
      await new Promise((resolve) => setTimeout(resolve, interval))
    }
  } finally {
    live.clear()
  }
}
