// The wire form of notifications, put together from parts that were serialised once for all who are told.
// From the table of frames in docs/live-updates.md.
// Does not check what it is given: parts come from `partsOf`, or from rows that were written from it.
import type { Envelope } from '#contracts/event.ts'
import type { Telling } from './notifications.ts'

/** A notification without whose and which number it is; `meta` and `data` are JSON, `meta` without its braces. */
export interface FrameParts {
  name: string
  meta: string
  data: string
}

export const partsOf = (event: Envelope, telling: Telling): FrameParts => ({
  name: telling.name,
  meta: JSON.stringify({
    id: event.id,
    at: event.occurredAt,
    priority: telling.priority,
    actionRequired: telling.actionRequired,
    correlationId: event.correlationId,
    batchId: telling.batchId,
    ...(event.fileUploadId ? { fileUploadId: event.fileUploadId } : {}),
  }).slice(1, -1),
  data: JSON.stringify(telling.data),
})

export const spliceFrame = (parts: FrameParts, epoch: string, seq: number): string =>
  `{"type":"${parts.name}","epoch":"${epoch}","seq":${seq},${parts.meta},"data":${parts.data}}`

/** One frame for several notifications, in order; a single one stands alone. */
export const joinFrames = (frames: readonly string[]): string =>
  frames.length === 1 ? (frames[0] as string) : `[${frames.join(',')}]`
