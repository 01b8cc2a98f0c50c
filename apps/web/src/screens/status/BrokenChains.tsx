import { Button, Group, Paper, Stack, Text, Title } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { SystemStatus } from '#contracts/status.ts'
import type { BrokenChain } from '#contracts/trace.ts'
import { api, type PageOf } from '../../shared/api.ts'
import { ProblemPanel } from '../../shared/ProblemPanel.tsx'
import { useServices } from '../../shared/services.ts'
import { sayClock, sayDuration } from '../../shared/time.ts'

const more = 100

/** Files whose next hop is overdue; each leads to its trace. */
export function BrokenChains({ chains }: { chains: SystemStatus['brokenChains'] }) {
  const { t } = useTranslation('status')
  const { nameOf } = useServices()
  const [page, setPage] = useState<readonly BrokenChain[] | null>(null)
  const [error, setError] = useState<unknown>(null)
  const shown = page ?? chains.items
  const files = new Set(shown.map(({ fileUploadId }) => fileUploadId)).size
  const showMore = (): void => {
    setError(null)
    api<PageOf<BrokenChain>>('GET', `broken-chains?limit=${more}`).then(
      ({ items }) => setPage(items),
      (failure: unknown) => setError(failure),
    )
  }
  return (
    <Paper withBorder bg="var(--paper)" p="lg" component="section" aria-labelledby="chains">
      <Stack gap="md">
        <Title order={2} id="chains">
          {t('chains.title')}
        </Title>
        {chains.count === 0 ? (
          <Text c="dimmed">{t('chains.none')}</Text>
        ) : (
          <Stack component="ul" gap="sm" m={0} p={0} style={{ listStyle: 'none' }}>
            {shown.map((chain) => (
              <li key={`${chain.fileUploadId}${chain.event}`}>
                <Link
                  to="/files/$fileUploadId/trace"
                  params={{ fileUploadId: chain.fileUploadId }}
                  style={{ overflowWrap: 'anywhere' }}
                >
                  {chain.fileName === '' ? t('chains.no-name') : <span translate="no">{chain.fileName}</span>}
                </Link>{' '}
                <Text span>
                  {t('chains.waits', {
                    service: nameOf(chain.service),
                    since: sayClock(new Date(chain.since)),
                    late: sayDuration(chain.overdueSeconds * 1000),
                  })}
                </Text>
              </li>
            ))}
          </Stack>
        )}
        {error ? <ProblemPanel error={error} thing={t('failed')} onRetry={showMore} /> : null}
        {chains.count > files ? (
          <Group gap="sm">
            <Text size="sm" c="dimmed">
              {t('chains.more', { count: chains.count - files })}
            </Text>
            {page ? null : (
              <Button size="xs" variant="default" onClick={showMore}>
                {t('chains.show-more')}
              </Button>
            )}
          </Group>
        ) : null}
      </Stack>
    </Paper>
  )
}
