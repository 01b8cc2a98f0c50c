import { checkTimedOut, phasePruned } from '#contracts/batches.ts'
import { BatchId, Phase, type EssayId, type FileUploadId, type SchoolId } from '#contracts/common.ts'
import type { UserId } from '#contracts/identity.ts'
import { phaseEventsOf } from '#contracts/phases.ts'
import type { Progress } from '#contracts/realtime.ts'
import type { PhaseStatus } from '#contracts/results.ts'
import type { LoggedEvent } from '#platform/bus/bus.ts'

const framesEveryMs = 100
const mostNamed = 200

const statusOf = new Map<string, PhaseStatus>([
  ...Phase.options.flatMap((phase): [string, PhaseStatus][] => [
    [phaseEventsOf[phase].requested.type, 'running'],
    [phaseEventsOf[phase].checked.type, 'succeeded'],
    [phaseEventsOf[phase].failed.type, 'failed'],
  ]),
  [phasePruned.type, 'succeeded'],
  [checkTimedOut.type, 'failed'],
])

interface Moving {
  schoolId: SchoolId
  files: Set<FileUploadId>
  phases: Map<string, Progress['phases'][number]>
}

export interface ProgressOptions {
  /** Who may see each batch now. */
  readAudience: (batchIds: readonly BatchId[]) => Promise<ReadonlyMap<BatchId, ReadonlySet<UserId>>>
  tell: (schoolId: SchoolId, people: ReadonlySet<UserId>, progress: Progress) => void
}

/**
 * What moves in each batch, gathered for a tenth of a second from the first change on: at most ten frames a second
 * and batch, and the last change is always in the last frame. Kept in memory only.
 */
export class ProgressBoard {
  readonly #options: ProgressOptions
  #moving = new Map<BatchId, Moving>()
  #timer: NodeJS.Timeout | undefined

  constructor(options: ProgressOptions) {
    this.#options = options
  }

  note(events: readonly LoggedEvent[]): void {
    for (const event of events) {
      const batchId = BatchId.safeParse(event.key)
      const status = statusOf.get(event.type)
      if (!batchId.success || (!status && !event.fileUploadId)) continue
      const moving = this.#moving.get(batchId.data) ?? {
        schoolId: event.schoolId,
        files: new Set(),
        phases: new Map(),
      }
      this.#moving.set(batchId.data, moving)
      if (!status) {
        if (event.fileUploadId) moving.files.add(event.fileUploadId)
        continue
      }
      const { essayId, phase } = readCheck(event)
      moving.phases.set(`${essayId} ${phase}`, { essayId, phase, status })
    }
    if (this.#moving.size > 0) this.#timer ??= setTimeout(() => void this.#flush(), framesEveryMs)
  }

  stop(): void {
    clearTimeout(this.#timer)
  }

  async #flush(): Promise<void> {
    const moving = this.#moving
    this.#moving = new Map()
    this.#timer = undefined
    try {
      const audience = await this.#options.readAudience([...moving.keys()])
      for (const [batchId, { schoolId, files, phases }] of moving)
        this.#options.tell(schoolId, audience.get(batchId) ?? new Set(), {
          type: 'progress',
          batchId,
          files: [...files].slice(0, mostNamed),
          more: files.size > mostNamed || phases.size > mostNamed,
          phases: [...phases.values()].slice(0, mostNamed),
        })
    } catch {
      // The database is away; what is shown catches up with the next frame, or with the next notification.
    }
  }
}

/** Events of a phase carry its name in their own, save those that `batches` says for every phase. */
function readCheck(event: LoggedEvent): { essayId: EssayId; phase: Phase } {
  const { essayId, phase } = event.data as { essayId: EssayId; phase?: Phase }
  return { essayId, phase: phase ?? Phase.parse(event.type.split('.')[0]) }
}
