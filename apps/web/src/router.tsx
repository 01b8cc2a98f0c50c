import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
} from '@tanstack/react-router'
import { validateEssaysSearch } from './screens/essays/search.ts'
import { Home } from './screens/home/Home.tsx'
import { NotFound } from './screens/not-found/NotFound.tsx'
import { wakeLive } from './shared/live.ts'
import { Problem } from './shared/api.ts'
import { insist } from './shared/insist.ts'
import { isOwnPlace } from './shared/places.ts'
import { meQuery, queryClient, whenSignedOut } from './shared/queries.ts'
import { readResultsPlace, type ResultsPlace } from './screens/results/place.ts'
import { Shell } from './shell/Shell.tsx'

/** A screen that is loaded when it is first wanted. */
const screen: typeof lazyRouteComponent = (load, name) => lazyRouteComponent(() => insist(load), name)

const root = createRootRoute({ component: Outlet, notFoundComponent: NotFound })

/** Screens for anybody. */
const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  validateSearch: ({ next, forgot }: Record<string, unknown>): { next?: string; forgot?: true } => ({
    ...(isOwnPlace(next) ? { next } : {}),
    ...(forgot === true ? { forgot } : {}),
  }),
  component: screen(() => import('./screens/sign-in/SignIn.tsx'), 'SignIn'),
})
const invitation = createRoute({
  getParentRoute: () => root,
  path: '/invitation',
  component: screen(() => import('./screens/sign-in/Invitation.tsx'), 'Invitation'),
})
const reset = createRoute({
  getParentRoute: () => root,
  path: '/reset',
  component: screen(() => import('./screens/sign-in/Reset.tsx'), 'Reset'),
})

/** Screens for whoever is signed in, within the shell. */
const signedIn = createRoute({
  getParentRoute: () => root,
  id: 'signed-in',
  component: Shell,
  async beforeLoad({ location }) {
    try {
      await queryClient.ensureQueryData(meQuery)
      // A socket that was closed because nobody was signed in is tried again.
      wakeLive()
    } catch (error) {
      if (error instanceof Problem && error.status === 401)
        throw redirect({ to: '/sign-in', search: { next: location.href } })
      // Anything else is for the screens to say: what they ask for fails too.
    }
  },
})

const home = createRoute({ getParentRoute: () => signedIn, path: '/', component: Home })
const newBatch = createRoute({
  getParentRoute: () => signedIn,
  path: '/batches/new',
  component: screen(() => import('./screens/new-batch/NewBatch.tsx'), 'NewBatch'),
})
const essays = createRoute({
  getParentRoute: () => signedIn,
  path: '/batches/$batchId',
  validateSearch: validateEssaysSearch,
  component: screen(() => import('./screens/essays/Essays.tsx'), 'Essays'),
})
const results = createRoute({
  getParentRoute: () => signedIn,
  path: '/batches/$batchId/results',
  /** The sort of the table, the plots shown as tables, and whether a part of the class is shown. */
  validateSearch: (given: Record<string, unknown>): ResultsPlace => readResultsPlace(given),
  component: screen(() => import('./screens/results/Results.tsx'), 'Results'),
})
const essay = createRoute({
  getParentRoute: () => signedIn,
  path: '/batches/$batchId/essays/$essayId',
  /** The chosen finding, and the layers that are switched off, separated by commas. */
  validateSearch: ({
    finding,
    hide,
  }: Record<string, unknown>): { finding?: string | number; hide?: string } => ({
    ...(typeof finding === 'string' || typeof finding === 'number' ? { finding } : {}),
    ...(typeof hide === 'string' ? { hide } : {}),
  }),
  component: screen(() => import('./screens/essay/Essay.tsx'), 'Essay'),
})
const trace = createRoute({
  getParentRoute: () => signedIn,
  path: '/files/$fileUploadId/trace',
  component: screen(() => import('./screens/trace/Trace.tsx'), 'Trace'),
})
const status = createRoute({
  getParentRoute: () => signedIn,
  path: '/status',
  component: screen(() => import('./screens/status/Status.tsx'), 'Status'),
})
const settings = createRoute({
  getParentRoute: () => signedIn,
  path: '/settings',
  component: screen(() => import('./screens/settings/Settings.tsx'), 'Settings'),
})

export const router = createRouter({
  routeTree: root.addChildren([
    signIn,
    invitation,
    reset,
    signedIn.addChildren([home, newBatch, essays, results, essay, trace, status, settings]),
  ]),
  defaultPreload: 'intent',
  scrollRestoration: true,
})

whenSignedOut(() => {
  queryClient.clear()
  void router.navigate({ to: '/sign-in', search: { next: router.state.location.href } })
})

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}
