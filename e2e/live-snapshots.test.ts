import { setTimeout } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { BatchView } from '#contracts/batches.ts'
import type { FilePage } from '#contracts/files.ts'
import type { Notification, Stamp } from '#contracts/realtime.ts'
import type { BatchResults, RunView } from '#contracts/results.ts'
import type { FileTrace } from '#contracts/trace.ts'
import { seededRandom } from '#platform/testing/documents/random.ts'
import { textFile, type Sent } from './client.ts'
import { openLive, type LiveSocket } from './live-client.ts'
import { startSystem, until, type System } from './system.ts'

let system: System
let recorder: LiveSocket
beforeAll(async () => {
  system = await startSystem({ undoSeconds: 1 })
  recorder = await openLive(system.server.url, { token: system.token })
  recorder.send({ type: 'subscribe', epoch: null, seq: null })
  await recorder.frame('welcome')
})
afterAll(async () => {
  recorder?.end()
  await system?.stop()
})

/** What a page shows that notifications speak of: the same whichever way it was come by. */
interface Shown {
  files: Map<string, string>
  run: string | null
}

/** A page applies what it is told: this is all that it may know besides its snapshot. */
function apply(shown: Shown, told: readonly Notification[]): Shown {
  const files = new Map(shown.files)
  let { run } = shown
  for (const { type, fileUploadId = '', data } of told) {
    if (type === 'batch_files_uploaded' && !files.has(fileUploadId)) files.set(fileUploadId, 'reading')
    if (type === 'essay_slot_assigned') files.set(fileUploadId, `in slot ${String(data.slot)}`)
    if (type === 'essay_waiting_for_slot') files.set(fileUploadId, 'waiting')
    if (type === 'batch_validation_failed') files.set(fileUploadId, 'rejected')
    if (type === 'batch_file_removed') files.set(fileUploadId, 'removed')
    if (type === 'batch_file_restored') files.set(fileUploadId, 'reading')
    if (type === 'batch_processing_started') run = 'running'
    if (type === 'pipeline_completed') run = String(data.outcome)
  }
  return { files, run }
}

const stateOf = ({ state, slot }: { state: string; slot: number | null }): string => {
  if (state === 'in-slot') return `in slot ${slot}`
  return { received: 'reading', 'waiting-for-slot': 'waiting' }[state] ?? state
}

interface Snapshot {
  seed: string
  stamp: Stamp
  shown: Partial<Shown>
  /** A claim about what this answer must show when its stamp has passed a notification. */
  holds: (upTo: readonly Notification[], later: readonly Notification[]) => string | null
}

const always = () => null

/** One answer of each kind that carries a stamp. */
const kinds: Record<
  string,
  (batchId: string, seed: string, pick: (n: number) => number) => Promise<Snapshot | null>
> = {
  async files(batchId, seed) {
    const page = await system.json<FilePage & Stamp>('GET', `batches/${batchId}/files?limit=200`)
    const files = new Map(page.items.map((file) => [file.fileUploadId as string, stateOf(file)]))
    return { seed, stamp: page, shown: { files }, holds: always }
  },
  async rows(batchId, seed) {
    const page = await system.json<FilePage & Stamp>('GET', `batches/${batchId}/rows?limit=200`)
    const files = new Map(page.items.map((file) => [file.fileUploadId as string, stateOf(file)]))
    return { seed, stamp: page, shown: { files }, holds: always }
  },
  async results(batchId, seed, pick) {
    const view = pick(2) === 0 ? 'full' : 'summary'
    const answer = await system.json<BatchResults & Stamp>('GET', `batches/${batchId}/results?view=${view}`)
    const files = new Map(answer.files.map((file) => [file.fileUploadId as string, stateOf(file)]))
    const run = answer.pipeline && (answer.pipeline.outcome ?? 'running')
    return {
      seed,
      stamp: answer,
      shown: { files, run },
      holds: (told) =>
        told.some((each) => each.type === 'batch_results_ready') &&
        answer.essays.some((essay) => essay.spelling.status !== 'succeeded')
          ? 'its stamp says that results are ready, and it shows an essay without'
          : null,
    }
  },
  async batch(batchId, seed, pick) {
    const answer =
      pick(2) === 0
        ? await system.json<BatchView & Stamp>('GET', `batches/${batchId}`)
        : await system
            .json<{ items: BatchView[] } & Stamp>('GET', 'batches')
            .then(({ items, epoch, seq }) => ({
              ...items.find((each) => each.batchId === batchId)!,
              epoch,
              seq,
            }))
    return {
      seed,
      stamp: answer,
      shown: {},
      holds(told, later) {
        const { files } = apply({ files: new Map(), run: null }, told)
        // A restore is in the rows before it is told: that file may be being read again, and no other.
        const again = new Set<string>(
          later.flatMap(({ type, fileUploadId }) =>
            type === 'batch_file_restored' && fileUploadId ? [fileUploadId] : [],
          ),
        )
        const settled = [...files].filter(([id, state]) => state !== 'reading' && !again.has(id)).length
        const { received, reading } = answer.counts
        return received - reading <
          settled - told.filter((each) => each.type === 'batch_file_restored').length
          ? `its stamp says that ${settled} files are settled, and it counts ${received - reading}`
          : null
      },
    }
  },
  async run(batchId, seed) {
    const { pipeline } = await system.getResults(batchId)
    if (!pipeline) return null
    const answer = await system.json<RunView & Stamp>('GET', `pipeline-runs/${pipeline.runId}`)
    return { seed, stamp: answer, shown: { run: answer.outcome ?? 'running' }, holds: always }
  },
  async trace(batchId, seed, pick) {
    const { items } = await system.json<FilePage>('GET', `batches/${batchId}/files?limit=200`)
    const file = items[pick(items.length)]
    if (!file) return null
    const answer = await system.json<FileTrace & Stamp>('GET', `files/${file.fileUploadId}/trace`)
    return {
      seed,
      stamp: answer,
      shown: {},
      holds: (told) =>
        told.some((each) => each.fileUploadId === file.fileUploadId && each.type === 'essay_slot_assigned') &&
        !answer.hops.some((hop) => hop.event === 'essays.slot-assigned')
          ? 'its stamp says that the file has a slot, and it shows no such hop'
          : null,
    }
  },
}

const rounds = 8
const snapshotsPerRound = 125

test('a snapshot taken while events flow, and what is told after its stamp, are together the end: 1,000 seeded times', async () => {
  const mistakes: string[] = []
  let taken = 0
  for (let round = 0; round < rounds; round += 1) {
    const { below: pick } = seededRandom(1000 + round)
    const { batchId } = await system.createBatch({ capacity: 40 })
    const snapshots: Snapshot[] = []
    let flowing = true
    const look = async (seed: string): Promise<void> => {
      const kind = Object.values(kinds)[pick(Object.keys(kinds).length)]!
      const snapshot = await kind(batchId, seed, pick)
      if (snapshot) snapshots.push(snapshot)
    }
    const flow = (async () => {
      for (let request = 0; request < 6; request += 1) {
        const files = Array.from({ length: 8 }, (_, i): Sent => {
          const name = `r${round}-${request}-${i}`
          return pick(8) === 0
            ? textFile(`${name}.txt`, '')
            : textFile(`${name}.txt`, `The essay ${name} says that school should start later in the day.`)
        })
        const items = await system.upload(batchId, files)
        const file = items[pick(items.length)]!
        if (pick(2) === 0) {
          await system.request('DELETE', `files/${file.fileUploadId}`)
          if (pick(2) === 0) await system.request('POST', `files/${file.fileUploadId}/restore`)
        }
      }
      await system.settled(batchId)
      await system.run(batchId)
      flowing = false
    })()
    // Two at a time, at seeded moments, as long as events flow; then as many as are missing.
    const watch = async (name: string): Promise<void> => {
      while ((flowing && snapshots.length < 2 * snapshotsPerRound) || snapshots.length < snapshotsPerRound) {
        await look(`${round}/${name}/${snapshots.length}`)
        await setTimeout(pick(30))
      }
    }
    await Promise.all([flow, watch('a'), watch('b')])
    await system.server.bus.whenQuiet(30_000)

    const last = await until(
      () => kinds.results!(batchId, `${round}/end`, () => 1),
      (end) => end !== null,
    )
    const { epoch, seq } = await until(
      () => system.json<Stamp>('GET', `batches/${batchId}`),
      (stamp) => stamp.seq >= last!.stamp.seq,
    )
    await recorder.notified(seq)
    const told = recorder
      .notifications()
      .filter((each) => each.batchId === batchId)
      .map((each) => each as unknown as Notification)
    const end = last!.shown as Shown
    for (const { seed, stamp, shown, holds } of snapshots) {
      taken += 1
      if (stamp.epoch !== epoch) mistakes.push(`${seed}: another epoch`)
      const later = told.filter((each) => each.seq > stamp.seq)
      const claim = holds(
        told.filter((each) => each.seq <= stamp.seq),
        later,
      )
      if (claim) mistakes.push(`${seed} at ${stamp.seq}: ${claim}`)
      const reached = apply({ files: shown.files ?? new Map(), run: shown.run ?? null }, later)
      for (const [id, state] of shown.files ? end.files : [])
        if (reached.files.get(id) !== state)
          mistakes.push(`${seed} at ${stamp.seq}: ${id} is ${reached.files.get(id)}, in the end ${state}`)
      if (shown.run !== undefined && reached.run !== end.run)
        mistakes.push(`${seed} at ${stamp.seq}: the run is ${reached.run}, in the end ${end.run}`)
    }
  }
  expect(mistakes).toEqual([])
  expect(taken).toBeGreaterThanOrEqual(rounds * snapshotsPerRound)
}, 600_000)
