import type { Limits } from '#platform/http/limits.ts'

/**
 * What a request costs, in points; whatever is not named costs 1 to read and 2 to write, and of the open routes
 * only writes cost, 3. A class of 1,000 files, each its own request, costs 2,000.
 */
const costs: Limits['costs'] = {
  'GET /api/v1/batches/:batchId/export': 20,
  'GET /api/v1/batches/:batchId/results': 3,
  'GET /api/v1/traces/:correlationId': 5,
  'POST /api/v1/batches/:batchId/pipeline-runs': 10,
  'POST /api/v1/essays/:essayId/retry': 5,
}

const mebibyte = 1024 * 1024
const everywhere = {
  costs,
  // 200 attempts to sign in: more than a school behind one address makes in a minute.
  openPerAddress: 600,
  openBodyBytes: 16 * 1024,
  jsonBodyBytes: mebibyte,
  headerSeconds: 20,
  jsonBodySeconds: 30,
  // A zip is opened for at most 60 s before anything is answered.
  silenceSeconds: 120,
}

/** On a laptop its owner asks as much as they like; only signing in is limited. */
export const limitsOf = (mode: 'laptop' | 'server'): Limits =>
  mode === 'laptop'
    ? { ...everywhere, perAddress: null, perUser: null, perSchool: null }
    : { ...everywhere, perAddress: 30_000, perUser: 10_000, perSchool: 100_000 }
