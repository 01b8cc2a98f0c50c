import { Button, Code, Group, Paper, Stack, Text, Title } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { DeadLetterView, ReplayResult, SystemStatus } from '#contracts/status.ts'
import { api, asProblem } from '../../shared/api.ts'
import { useClock } from '../../shared/clock.ts'
import { CopyButton } from '../../shared/CopyButton.tsx'
import { ProblemPanel } from '../../shared/ProblemPanel.tsx'
import { useServices } from '../../shared/services.ts'
import { sayAgo } from '../../shared/time.ts'

type Wish = { subscription: string; seq?: number }

const handOver = ({ subscription, seq }: Wish): Promise<ReplayResult> =>
  seq === undefined
    ? api('POST', 'dead-letters/replay', { body: { subscription } })
    : api('POST', `dead-letters/${encodeURIComponent(subscription)}/${seq}/replay`)

/** Events that could not be handled, each with its error and a way to hand it over again. */
export function DeadLetters({ letters }: { letters: SystemStatus['deadLetters'] }) {
  const { t } = useTranslation('status')
  const { nameOf } = useServices()
  const queries = useQueryClient()
  const [said, setSaid] = useState('')
  const replay = useMutation({
    mutationFn: handOver,
    onSuccess: ({ replayed, failed, left }) => {
      const parts = [
        ...(replayed > 0 ? [t('letters.replayed', { count: replayed })] : []),
        ...(failed[0] ? [t('letters.failed', { count: failed.length, error: failed[0].error })] : []),
        ...(replayed > 0 && left > 0 ? [t('letters.left', { count: left })] : []),
      ]
      setSaid(parts.length > 0 ? parts.join(' ') : t('letters.gone'))
    },
    onError: (error) => {
      if (asProblem(error).status === 404) setSaid(t('letters.gone'))
    },
    onSettled: () => queries.invalidateQueries({ queryKey: ['status'] }),
  })
  const start = (wish: Wish): void => {
    setSaid(t('letters.replaying'))
    replay.mutate(wish)
  }
  const failed = replay.error && asProblem(replay.error).status !== 404
  const several = [...new Set(letters.items.map(({ subscription }) => subscription))]
    .map((name) => ({ name, items: letters.items.filter(({ subscription }) => subscription === name) }))
    .filter(({ items }) => items.length > 1)

  return (
    <Paper withBorder bg="var(--paper)" p="lg" component="section" aria-labelledby="letters">
      <Stack gap="md">
        <Title order={2} id="letters">
          {t('letters.title')}
        </Title>
        <Text role="status" fw={550} {...(said === '' || failed ? { hidden: true } : {})}>
          {failed ? '' : said}
        </Text>
        {failed ? <ProblemPanel error={replay.error} thing={t('letters.not-done')} /> : null}
        {letters.count === 0 ? <Text c="dimmed">{t('letters.none')}</Text> : null}
        {letters.count > letters.items.length ? (
          <Text size="sm" c="dimmed">
            {t('letters.shown', { shown: letters.items.length, count: letters.count })}
          </Text>
        ) : null}
        {several.length > 0 ? (
          <Group gap="sm">
            {several.map(({ name, items: [first, ...rest] }) => (
              <Button
                key={name}
                variant="default"
                disabled={replay.isPending}
                onClick={() => start({ subscription: name })}
              >
                {t('letters.replay-all', {
                  count: rest.length + 1,
                  service: nameOf(first?.service ?? name),
                })}
              </Button>
            ))}
          </Group>
        ) : null}
        {letters.items.length > 0 ? (
          <Stack component="ul" gap="md" m={0} p={0} style={{ listStyle: 'none' }}>
            {letters.items.map((letter) => (
              <Letter
                key={`${letter.subscription}${letter.seq}`}
                letter={letter}
                busy={replay.isPending}
                onReplay={() => start({ subscription: letter.subscription, seq: letter.seq })}
              />
            ))}
          </Stack>
        ) : null}
      </Stack>
    </Paper>
  )
}

function Letter({ letter, busy, onReplay }: { letter: DeadLetterView; busy: boolean; onReplay: () => void }) {
  const { t } = useTranslation('status')
  const { nameOf } = useServices()
  const now = useClock()
  const service = nameOf(letter.service)
  return (
    <Group component="li" justify="space-between" align="flex-start" gap="sm">
      <Stack gap={2} style={{ flex: '1 1 20rem', minWidth: 0 }}>
        <Text fw={550}>{t('letters.what', { service, event: letter.type })}</Text>
        <Code block translate="no" style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>
          {letter.error}
        </Code>
        <Group gap="sm" fz="sm">
          <Text size="sm" c="dimmed">
            {t('letters.tries', { count: letter.tries, ago: sayAgo(new Date(letter.failedAt), now) })}
          </Text>
          {letter.fileUploadId ? (
            <Link to="/files/$fileUploadId/trace" params={{ fileUploadId: letter.fileUploadId }}>
              {t('letters.trace')}
            </Link>
          ) : letter.batchId ? (
            <Link to="/batches/$batchId" params={{ batchId: letter.batchId }}>
              {t('letters.batch')}
            </Link>
          ) : null}
          <CopyButton value={letter.correlationId} label={t('letters.reference')} />
        </Group>
      </Stack>
      <Button
        variant="default"
        disabled={busy}
        onClick={onReplay}
        aria-label={t('letters.replay-of', { event: letter.type, service })}
      >
        {t('letters.replay')}
      </Button>
    </Group>
  )
}
