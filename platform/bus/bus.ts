import type { Actor, Envelope, EventDefinition } from '#contracts/event.ts'
import type { EventId, FileUploadId, SchoolId } from '#contracts/common.ts'
import type { Tx } from '#platform/database/database.ts'

/** What an event came from. A request makes the first one; a handler passes on `causedBy(event)`. */
export interface Cause {
  correlationId: string
  causationId: string | null
  actor: Actor
  traceparent: string
}

export interface NewEvent<D = unknown> {
  /** Given only where something else in the transaction names the event, such as the job it causes. */
  id?: EventId
  event: EventDefinition<D>
  schoolId: SchoolId
  key: string
  fileUploadId?: FileUploadId
  cause: Cause
  data: D
}

/** Checks `data` against the type of its definition where a plain literal would lose it. */
export const newEvent = <D>(event: NewEvent<D>): NewEvent => event as NewEvent

/**
 * Handles events of one type. `events` are consecutive events of one school, in log order. `prepare` runs
 * before the transaction opens (worker threads, reads of other services): never inside it. It may be run
 * again for the same events. Return = done, throw = tried again (3 tries within 10 s), `GiveUp` = dead letter.
 */
export interface EventHandler<D = unknown, P = unknown> {
  event: EventDefinition<D>
  prepare?: (events: readonly Envelope<D>[]) => Promise<P>
  handle: (tx: Tx, events: readonly Envelope<D>[], prepared: P) => Promise<void>
}

/** Keeps the types of `prepare` and `handle` together and then forgets them for the list of a subscription. */
export const onEvent = <D, P = undefined>(handler: EventHandler<D, P>): EventHandler =>
  handler as unknown as EventHandler

/** Hears every event whatever its type: for projections such as the trace. */
export interface Subscription {
  /** Unique; the service's name, or `<service>.<purpose>`. */
  name: string
  /** Where a subscription that is new to this database starts. */
  from: 'beginning' | 'now'
  handlers: readonly EventHandler[]
  /** Instead of `handlers`: hears all types. `prepared` is what `prepareEverything` gave for these events. */
  everything?: (tx: Tx, events: readonly LoggedEvent[], prepared: unknown) => Promise<void>
  /** As `prepare` of a handler: before the transaction opens, and perhaps again for the same events. */
  prepareEverything?: (events: readonly LoggedEvent[]) => Promise<unknown>
  /** The most events in one transaction; 500 unless said. */
  batchSize?: number
  /**
   * Rests so many milliseconds after each transaction, so that what comes close together is handled as one: for what
   * nobody waits for. What comes after a pause is handled at once.
   */
  restMs?: number
}

/** An event with its place in the log. */
export type LoggedEvent = Envelope & { seq: number }

export interface SubscriptionHealth {
  name: string
  assigned: boolean
  position: number
  lag: number
  lastHandledAt: string | null
}

export interface DeadLetter {
  subscription: string
  seq: number
  eventId: string
  type: string
  error: string
  tries: number
  failedAt: string
}

/** A dead letter as its school sees it. */
export interface SchoolDeadLetter extends DeadLetter {
  key: string
  fileUploadId: string | null
  correlationId: string
}

/** Thrown by a handler that met something passing, such as a contended slot: tried again, never counted as a try. */
export class TryLater extends Error {
  override name = 'TryLater'
}

/** Thrown by a handler that knows another try is of no use: the event becomes a dead letter at once. */
export class GiveUp extends Error {
  override name = 'GiveUp'
}

/**
 * The event log's port. Implementations pass the conformance suite: order per key, each committed event
 * handled by every subscription with effects once, poison put aside, nothing lost behind slow, late or
 * rolled-back writers, restarts and several processes in one group.
 */
export interface Bus {
  /** Writes the events in the caller's transaction: they exist when it commits, and not otherwise. */
  publish(tx: Tx, events: readonly NewEvent[]): Promise<void>
  subscribe(subscription: Subscription): void
  start(): Promise<void>
  /** Lets the batch under way commit or roll back, then gives up its assignments. */
  stop(): Promise<void>
  health(): Promise<SubscriptionHealth[]>
  listDeadLetters(): Promise<DeadLetter[]>
  /** Hands one dead letter to its subscription again; on success it is gone, else it counts a try more and throws. */
  replayDeadLetter(subscription: string, seq: number): Promise<void>
  /** Takes a subscription back to the start of the log: for a projection that has emptied its tables. */
  replayFromBeginning(subscription: string): Promise<void>
  /** Resolves when every subscription has handled everything committed before the call. For tests and `--exit`. */
  whenQuiet(timeoutMs: number): Promise<void>
}

/** The cause that a handler passes on for the events it publishes. */
export const causedBy = (event: Envelope): Cause => ({
  correlationId: event.correlationId,
  causationId: event.id,
  actor: event.actor,
  traceparent: event.traceparent,
})
