import { slotAssigned, slotFreed, slotsExhausted } from '#contracts/essays.ts'
import { z } from 'zod'
import { BatchId, SchoolId } from '#contracts/common.ts'
import { programCause } from '#platform/http/http.ts'
import type { Service } from '#platform/service.ts'
import { freeJob, freeSlots, type EssaysDeps } from './actions.ts'
import { essaysSubscription } from './handlers.ts'

const FreePayload = z.object({ schoolId: SchoolId, batchId: BatchId })

export const createEssaysService = (deps: EssaysDeps): Service => ({
  name: 'essays',
  says: [slotAssigned, slotsExhausted, slotFreed],
  subscriptions: [essaysSubscription(deps)],
  jobs: {
    [freeJob]: async (payload) => {
      const { schoolId, batchId } = FreePayload.parse(payload)
      await freeSlots(deps, schoolId, batchId, programCause())
    },
  },
})
