import { z } from 'zod'
import { defineEvent } from './event.ts'

/** The one detailed health format, for HTTP, the CLI and the socket. */
export const Health = z.object({
  status: z.enum(['ready', 'degraded', 'unready']),
  /** What the process that answers runs: one of several may run a part of the services only. */
  services: z.array(z.string()),
  dependencies: z.array(
    z.object({
      name: z.string(),
      required: z.boolean(),
      status: z.enum(['up', 'down']),
      error: z.string().optional(),
    }),
  ),
  subscriptions: z.array(
    z.object({
      name: z.string(),
      assigned: z.boolean(),
      position: z.number().int(),
      lag: z.number().int(),
      lastHandledAt: z.string().nullable(),
    }),
  ),
})
export type Health = z.infer<typeof Health>

/** Comes back through the real path of every event: proof that the log is read and handled. */
export const sentinelSent = defineEvent('health.sentinel-sent', 1, z.object({ nonce: z.string() }))
