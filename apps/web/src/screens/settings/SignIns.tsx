import { Button, Group, Loader, Text } from '@mantine/core'
import { queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { SessionView } from '#contracts/identity.ts'
import { api, type PageOf } from '../../shared/api.ts'
import { useClock } from '../../shared/clock.ts'
import { ProblemPanel } from '../../shared/ProblemPanel.tsx'
import { sayAgo } from '../../shared/time.ts'
import { useLeave } from './leave.ts'
import { Section } from './Section.tsx'
import classes from './settings.module.css'
import { readAgent, sayDate } from './words.ts'

const sessionsQuery = queryOptions({
  queryKey: ['user-sessions'],
  queryFn: async ({ signal }) =>
    (await api<PageOf<SessionView>>('GET', 'user-sessions?limit=200', { signal })).items,
  refetchInterval: false,
})

/** Every browser one is signed in with, and the way out of each and of all. */
export function SignIns() {
  const { t } = useTranslation('settings')
  const queries = useQueryClient()
  const leave = useLeave()
  const now = useClock()
  const [said, setSaid] = useState('')
  const { data, error, refetch } = useQuery(sessionsQuery)
  const end = useMutation({
    mutationFn: (session: SessionView) => api('DELETE', `user-sessions/${session.sessionId}`),
    async onSuccess(_, session) {
      if (session.current) return leave()
      setSaid(t('sessions.ended', { browser: nameOf(session) }))
      await queries.invalidateQueries({ queryKey: sessionsQuery.queryKey })
    },
  })
  const endAll = useMutation({ mutationFn: () => api('DELETE', 'user-sessions'), onSuccess: leave })
  function nameOf({ userAgent }: SessionView): string {
    const agent = readAgent(userAgent)
    return agent ? t('sessions.browser', agent) : t('sessions.unknown')
  }
  const failure = end.error ?? endAll.error
  return (
    <Section title={t('sessions.title')}>
      {error && !data ? (
        <ProblemPanel error={error} thing={t('sessions.failed')} onRetry={() => void refetch()} />
      ) : null}
      {!data && !error ? <Loader aria-label={t('reading')} /> : null}
      {failure ? <ProblemPanel error={failure} thing={t('sessions.not-ended')} /> : null}
      <div role="status" className={classes.said}>
        {said}
      </div>
      {data?.length === 0 ? <Text c="dimmed">{t('sessions.none')}</Text> : null}
      {data && data.length > 0 ? (
        <ul className={classes.list}>
          {data.map((session) => (
            <li key={session.sessionId} className={classes.item}>
              <div className={classes.what}>
                <Text fw={550}>
                  {nameOf(session)}
                  {session.current ? ` (${t('sessions.this')})` : ''}
                </Text>
                <Group gap="xs" fz="sm" c="dimmed">
                  <span>{t('sessions.since', { ago: sayAgo(new Date(session.createdAt), now) })}</span>
                  {session.address ? <span>{t('sessions.from', { address: session.address })}</span> : null}
                  <span>{t('sessions.until', { date: sayDate(session.expiresAt) })}</span>
                </Group>
              </div>
              <Button
                size="xs"
                variant="default"
                aria-label={t('sessions.end-of', { browser: nameOf(session) })}
                disabled={end.isPending}
                onClick={() => end.mutate(session)}
              >
                {t('sessions.end')}
              </Button>
            </li>
          ))}
        </ul>
      ) : null}
      <Group gap="sm">
        <Button variant="default" loading={endAll.isPending} onClick={() => endAll.mutate()}>
          {t('sessions.everywhere')}
        </Button>
        <Text size="sm" c="dimmed">
          {t('sessions.everywhere-why')}
        </Text>
      </Group>
    </Section>
  )
}
