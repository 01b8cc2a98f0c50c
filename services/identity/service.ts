import type { FastifyInstance } from 'fastify'
import { sessionsRevoked } from '#contracts/identity.ts'
import type { Service } from '#platform/service.ts'
import { authRoutes } from './auth-routes.ts'
import type { Identity } from './identity.ts'
import { linkRoutes } from './link-routes.ts'
import { ownRoutes } from './own-routes.ts'
import { identityRoutes } from './routes.ts'

export { openAdministration, type Administration } from './desk.ts'
export { createIdentity, type Identity } from './identity.ts'

const sweepJob = 'identity.sweep'

export const createIdentityService = ({ identity }: { identity: Identity }): Service => ({
  name: 'identity',
  says: [sessionsRevoked],
  routes: (app: FastifyInstance) => {
    ownRoutes(identity)(app)
    identityRoutes(identity)(app)
    linkRoutes(identity)(app)
  },
  rootRoutes: (app: FastifyInstance) => authRoutes(identity)(app),
  jobs: { [sweepJob]: () => identity.sweep() },
  schedule: { [sweepJob]: '25 * * * *' },
})
