import { useCallback } from 'react'
import { useRouter } from '@tanstack/react-router'
import { useQueryClient } from '@tanstack/react-query'
import { api } from '../../shared/api.ts'
import { isOwnPlace } from '../../shared/places.ts'

export const signInWithPassword = (email: string, password: string): Promise<unknown> =>
  api('POST', '/api/auth/sign-in/email', { body: { email, password } })

/** Goes to the place that was asked for before the sign-in, else Home, as somebody new. */
export function useEnter(): (next?: string) => void {
  const router = useRouter()
  const queries = useQueryClient()
  return useCallback(
    (next) => {
      queries.clear()
      router.history.push(isOwnPlace(next) && !next.startsWith('/sign-in') ? next : '/')
    },
    [router, queries],
  )
}
