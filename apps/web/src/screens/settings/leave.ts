import { useQueryClient } from '@tanstack/react-query'
import { useRouter } from '@tanstack/react-router'

/** Goes to the sign-in page, leaving nothing of who was here in memory. */
export function useLeave(): () => void {
  const router = useRouter()
  const queries = useQueryClient()
  return () => {
    queries.clear()
    void router.navigate({ to: '/sign-in' })
  }
}
