import type { Idempotency } from '#platform/http/idempotency.ts'
import type { Service } from '#platform/service.ts'
import { createBatchesService } from '#services/batches/service.ts'
import { createEssaysService } from '#services/essays/service.ts'
import { createFilesService } from '#services/files/service.ts'
import { createIdentityService } from '#services/identity/service.ts'
import { createLanguageService } from '#services/language/service.ts'
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
  DepsOf<typeof createIdentityService> & { idempotency: Idempotency }

/** All services of the program, in the order of the main flow. */
export const createServices = (parts: ServiceParts): Service[] => [
  createFilesService(parts, parts.idempotency),
  createEssaysService(parts),
  createBatchesService(parts, parts.idempotency),
  createSpellingService(parts),
  createLanguageService(parts),
  createResultsService(parts),
  createTraceService(parts),
  createIdentityService(parts),
]
