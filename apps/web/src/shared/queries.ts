import { QueryCache, QueryClient, queryOptions } from '@tanstack/react-query'
import type { BatchView } from '#contracts/batches.ts'
import type { Me, SchoolView } from '#contracts/identity.ts'
import { api, Problem, type PageOf } from './api.ts'
import { connection } from './live.ts'

/** Called when an answer says that nobody is signed in any more. */
let onSignedOut: () => void = () => {}
export const whenSignedOut = (run: () => void): void => void (onSignedOut = run)

export const queryClient = new QueryClient({
  queryCache: new QueryCache({
    onError: (error, query) => {
      if (error instanceof Problem && error.status === 401 && query.queryKey[0] !== 'me') onSignedOut()
    },
  }),
  defaultOptions: {
    queries: {
      // What is shown is kept right by notifications; without a socket, by asking again.
      staleTime: 10_000,
      refetchInterval: () => (connection.get().state === 'live' ? false : 5000),
      retry: (failures, error) => error instanceof Problem && error.status === 0 && failures < 3,
      refetchOnWindowFocus: false,
      networkMode: 'always',
    },
    mutations: { networkMode: 'always' },
  },
})

/** Who is signed in; null where the server does not say. */
export const meQuery = queryOptions({
  queryKey: ['me'],
  queryFn: async (): Promise<Me | null> => absent(api<Me>('GET', 'me')),
  staleTime: 60_000,
  refetchInterval: false,
})

export const schoolQuery = queryOptions({
  queryKey: ['school'],
  queryFn: async (): Promise<SchoolView | null> => absent(api<SchoolView>('GET', 'school')),
  staleTime: 60_000,
  refetchInterval: false,
})

export const batchesQuery = queryOptions({
  queryKey: ['batches'],
  queryFn: async ({ signal }) => (await api<PageOf<BatchView>>('GET', 'batches?limit=200', { signal })).items,
})

export const batchQuery = (batchId: string) =>
  queryOptions({
    queryKey: ['batch', batchId],
    queryFn: ({ signal }) => api<BatchView>('GET', `batches/${batchId}`, { signal }),
  })

async function absent<T>(asked: Promise<T>): Promise<T | null> {
  try {
    return await asked
  } catch (error) {
    if (error instanceof Problem && error.status === 404) return null
    throw error
  }
}
