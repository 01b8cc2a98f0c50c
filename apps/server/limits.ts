import { laptopLimits, type Limits } from '#platform/http/limits.ts'

/**
 * What a request costs, in points; whatever is not named costs 1 to read and 2 to write, and of the open routes
 * only writes cost, 3. A class of 1,000 files, each its own request, costs 2,000.
 */
const costs: Limits['costs'] = {
  'GET /api/v1/batches/:batchId/export': 20,
  'GET /api/v1/batches/:batchId/results': 3,
  'GET /api/v1/batches/:batchId/class': 3,
  'GET /api/v1/traces/:correlationId': 5,
  'POST /api/v1/batches/:batchId/pipeline-runs': 10,
  'POST /api/v1/essays/:essayId/retry': 5,
}

/** Points a minute: generous to a school behind one address, far below what would slow the others down. */
export const limitsOf = (mode: 'laptop' | 'server'): Limits =>
  mode === 'laptop'
    ? laptopLimits
    : { ...laptopLimits, costs, perAddress: 30_000, perUser: 10_000, perSchool: 100_000 }
