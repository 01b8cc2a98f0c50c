import { Button, Loader, Stack, Text } from '@mantine/core'
import { queryOptions, useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import type { SystemStatus } from '#contracts/status.ts'
import { api, asProblem } from '../../shared/api.ts'
import { useClock } from '../../shared/clock.ts'
import { EmptyState } from '../../shared/EmptyState.tsx'
import { Page } from '../../shared/Page.tsx'
import { ProblemPanel } from '../../shared/ProblemPanel.tsx'
import { sayAgo } from '../../shared/time.ts'
import { BrokenChains } from './BrokenChains.tsx'
import { DeadLetters } from './DeadLetters.tsx'
import { Program } from './Program.tsx'
import { Services } from './Services.tsx'
import { Troubles } from './Troubles.tsx'
import { findTroubles } from './find-troubles.ts'

/** No notification says how the program is, so this page asks: with and without a socket, and says so. */
const statusQuery = queryOptions({
  queryKey: ['status'],
  queryFn: ({ signal }) => api<SystemStatus>('GET', 'status', { signal }),
  refetchInterval: 10_000,
  staleTime: 0,
})

export function Status() {
  const { t } = useTranslation('status')
  const { data, error, refetch, dataUpdatedAt } = useQuery(statusQuery)
  const now = useClock()
  const forbidden = error !== null && asProblem(error).status === 403
  return (
    <Page
      title={t('title')}
      actions={
        data ? (
          <>
            <Text size="sm" c="dimmed">
              {t('read', { ago: sayAgo(new Date(dataUpdatedAt), now) })}
            </Text>
            <Button variant="default" size="xs" onClick={() => void refetch()}>
              {t('refresh')}
            </Button>
          </>
        ) : null
      }
    >
      {forbidden ? <EmptyState>{t('not-yours')}</EmptyState> : null}
      {error && !forbidden ? (
        <ProblemPanel error={error} thing={t('failed')} onRetry={() => void refetch()} />
      ) : null}
      {data ? <Told status={data} /> : error ? null : <Loader aria-label={t('reading')} />}
    </Page>
  )
}

function Told({ status }: { status: SystemStatus }) {
  return (
    <Stack gap="lg">
      <div aria-live="polite">
        <Troubles troubles={findTroubles(status)} />
      </div>
      <DeadLetters letters={status.deadLetters} />
      <BrokenChains chains={status.brokenChains} />
      <Services status={status} />
      <Program status={status} />
    </Stack>
  )
}
