import { fileReceived, fileRejected, fileRemoved, fileRestored, textExtracted } from '#contracts/files.ts'
import type { SchoolId } from '#contracts/common.ts'
import { Idempotency } from '#platform/http/idempotency.ts'
import type { Service } from '#platform/service.ts'
import { sweepJob, type FilesDeps } from './actions.ts'
import { filesSubscription } from './handlers.ts'
import { createReading, sweepFiles } from './jobs.ts'
import { readJob } from './receiving.ts'
import { filesRoutes } from './routes.ts'

export { createFilesApi } from './api.ts'
export { createReaderPool } from './reading/reader-pool.ts'

export const createFilesService = (
  deps: FilesDeps & { schools: () => Promise<SchoolId[]> },
  idempotency: Idempotency,
): Service => ({
  name: 'files',
  says: [fileReceived, fileRejected, fileRemoved, fileRestored, textExtracted],
  routes: filesRoutes(deps, idempotency),
  subscriptions: [filesSubscription(deps)],
  jobs: {
    [readJob]: createReading(deps),
    [sweepJob]: async () => {
      for (const schoolId of await deps.schools()) {
        await sweepFiles(deps, schoolId)
        await deps.database.transaction(schoolId, (tx) => Idempotency.sweep(tx))
      }
    },
  },
  schedule: { [sweepJob]: '*/10 * * * *' },
  close: () => deps.readers.close(),
})
