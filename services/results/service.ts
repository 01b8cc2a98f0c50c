import type { Service } from '#platform/service.ts'
import type { ResultsDeps } from './actions/assemble.ts'
import { resultsSubscription } from './projection.ts'
import { resultsRoutes } from './routes.ts'

export { renderReport } from './report/report.ts'

export const createResultsService = (deps: ResultsDeps): Service => ({
  name: 'results',
  routes: resultsRoutes(deps),
  subscriptions: [resultsSubscription()],
})
