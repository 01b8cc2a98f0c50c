import { resultsReady } from '#contracts/results.ts'
import type { Bus } from '#platform/bus/bus.ts'
import type { Service } from '#platform/service.ts'
import type { ResultsDeps } from './actions/assemble.ts'
import { resultsSubscription } from './projection.ts'
import { resultsRoutes } from './routes.ts'

export { renderReport } from './report/report.ts'

export const createResultsService = (deps: ResultsDeps & { bus: Bus }): Service => ({
  name: 'results',
  says: [resultsReady],
  routes: resultsRoutes(deps),
  subscriptions: [resultsSubscription(deps.bus)],
})
