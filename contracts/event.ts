import { z } from 'zod'
import { EventId, FileUploadId, SchoolId, Timestamp } from './common.ts'

/** Who set an event off: a person, the program itself, or an agent. `id` is absent for the program. */
export const Actor = z.object({ kind: z.enum(['user', 'program', 'agent']), id: z.string().optional() })
export type Actor = z.infer<typeof Actor>

/** The one envelope of every event. It carries identifiers and counts, never an essay or a person's name. */
export const Envelope = z.object({
  id: EventId,
  type: z.string(),
  version: z.number().int().positive(),
  occurredAt: Timestamp,
  schoolId: SchoolId,
  /** Order holds per key: the batch id wherever there is a batch. */
  key: z.string(),
  correlationId: z.string(),
  causationId: z.string().nullable(),
  fileUploadId: FileUploadId.optional(),
  actor: Actor,
  /** W3C trace context. */
  traceparent: z.string(),
  data: z.unknown(),
})
export type Envelope<D = unknown> = Omit<z.infer<typeof Envelope>, 'data'> & { data: D }

/** One kind of event: the only place it exists. Topic, validator, documentation and types derive from it. */
export interface EventDefinition<D = unknown> {
  readonly type: string
  readonly version: number
  readonly data: z.ZodType<D>
}

const defined = new Map<string, EventDefinition>()

/** Defines an event `<service>.<fact>`; versions are additive only. A second definition of a type throws. */
export function defineEvent<D>(type: string, version: number, data: z.ZodType<D>): EventDefinition<D> {
  if (defined.has(type)) throw new Error(`event ${type} is defined twice`)
  const definition = { type, version, data }
  defined.set(type, definition as EventDefinition)
  return definition
}

/** All events that have been defined by the contracts imported so far, by type. */
export const listEventDefinitions = (): readonly EventDefinition[] =>
  [...defined.values()].sort((a, b) => (a.type < b.type ? -1 : 1))
