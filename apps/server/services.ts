import type { Idempotency } from '#platform/http/idempotency.ts'
import { serviceNames, type ServiceName } from '#platform/config/config.ts'
import type { Service } from '#platform/service.ts'
import { createBatchesService } from '#services/batches/service.ts'
import { createEssaysService } from '#services/essays/service.ts'
import { createFilesService } from '#services/files/service.ts'
import { createIdentityService } from '#services/identity/service.ts'
import { createLanguageService } from '#services/language/service.ts'
import { createRealtimeService } from '#services/realtime/service.ts'
import { createResultsService } from '#services/results/service.ts'
import { createSpellingService } from '#services/spelling/service.ts'
import { createTraceService } from '#services/trace/service.ts'

type DepsOf<F extends (...given: never[]) => Service> = Parameters<F>[0]

/** Everything any service asks for. */
export type ServiceParts = DepsOf<typeof createFilesService> &
  DepsOf<typeof createEssaysService> &
  DepsOf<typeof createBatchesService> &
  DepsOf<typeof createSpellingService> &
  DepsOf<typeof createLanguageService> &
  DepsOf<typeof createResultsService> &
  DepsOf<typeof createTraceService> &
  DepsOf<typeof createRealtimeService> &
  DepsOf<typeof createIdentityService> & { idempotency: Idempotency }

const makers: Record<ServiceName, (parts: ServiceParts) => Service> = {
  identity: createIdentityService,
  files: (parts) => createFilesService(parts, parts.idempotency),
  essays: createEssaysService,
  batches: (parts) => createBatchesService(parts, parts.idempotency),
  spelling: createSpellingService,
  language: createLanguageService,
  results: createResultsService,
  trace: createTraceService,
  realtime: createRealtimeService,
}

/** The services that a process runs; all of them unless said. They take from `parts` what they use. */
export const createServices = (
  parts: ServiceParts,
  names: readonly ServiceName[] = serviceNames,
): Service[] => names.map((name) => makers[name](parts))
