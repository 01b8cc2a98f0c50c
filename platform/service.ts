import type { FastifyInstance } from 'fastify'
import type { EventDefinition } from '#contracts/event.ts'
import type { Subscription } from '#platform/bus/bus.ts'
import type { JobHandler } from '#platform/jobs/jobs.ts'

/** What a service is to the composition root: its table of contents. A missing part means "does not do that". */
export interface Service {
  /** The folder, the schema, the event prefix, the log field and the metric label. */
  name: string
  /** Registers routes below `/api/v1`. */
  routes?: (app: FastifyInstance) => void
  /** Registers routes whose address is not below `/api/v1`, because others have fixed it. */
  rootRoutes?: (app: FastifyInstance) => void
  /** Registers what is upgraded to a socket; before any other route, whose requests may ask for an upgrade too. */
  sockets?: (app: FastifyInstance) => Promise<void>
  /** Begins what it does by itself, once the bus has started. */
  start?: () => Promise<void>
  /** Every event this service publishes: a test holds the list against what it does. */
  says?: readonly EventDefinition[]
  subscriptions?: readonly Subscription[]
  jobs?: Readonly<Record<string, JobHandler>>
  /** Job name → cron pattern of graphile-worker (UTC). */
  schedule?: Readonly<Record<string, string>>
  /** Lets go of children and threads. */
  close?: () => Promise<void>
}
