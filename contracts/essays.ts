import { z } from 'zod'
import { BatchId, EssayId, Sha256 } from './common.ts'
import { defineEvent } from './event.ts'

/** A file took a slot; `essayId` is minted for this occupancy and never used again. */
export const slotAssigned = defineEvent(
  'essays.slot-assigned',
  1,
  z.object({
    batchId: BatchId,
    essayId: EssayId,
    slot: z.number().int().positive(),
    textHash: Sha256,
    words: z.number().int(),
  }),
)

/** No slot was free: the file is kept and takes one when it frees. */
export const slotsExhausted = defineEvent('essays.slots-exhausted', 1, z.object({ batchId: BatchId }))

/** A slot's occupancy ended for good: its ten seconds of undo have passed, or another file took it over. */
export const slotFreed = defineEvent(
  'essays.slot-freed',
  1,
  z.object({ batchId: BatchId, essayId: EssayId, slot: z.number().int().positive() }),
)

/** The four answers to a claim. `contended` is tried again and never becomes `exhausted`. */
export type ClaimAnswer = 'assigned' | 'already-assigned' | 'exhausted' | 'contended'
