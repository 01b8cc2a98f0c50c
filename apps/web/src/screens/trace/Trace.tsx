import { Button, Group, Loader, Paper, Stack, Text, Title } from '@mantine/core'
import { queryOptions, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import type { BatchRow } from '#contracts/results.ts'
import type { FileTrace } from '#contracts/trace.ts'
import { api, type PageOf } from '../../shared/api.ts'
import { useClock } from '../../shared/clock.ts'
import { CopyButton } from '../../shared/CopyButton.tsx'
import { EmptyState } from '../../shared/EmptyState.tsx'
import { useLive } from '../../shared/live.ts'
import { Page } from '../../shared/Page.tsx'
import { ProblemPanel } from '../../shared/ProblemPanel.tsx'
import { meQuery } from '../../shared/queries.ts'
import { useServices } from '../../shared/services.ts'
import { Shape, type ShapeName } from '../../shared/Shape.tsx'
import { sayClock, sayDuration } from '../../shared/time.ts'
import { Hops } from './Hops.tsx'
import classes from './trace.module.css'
import { expectedWords, wordFor } from './words.ts'

interface Answer {
  trace: FileTrace
  /** As in the table of files; missing for a file whose batch says nothing of it any more. */
  row: BatchRow | null
}

const traceQuery = (fileUploadId: string) =>
  queryOptions({
    queryKey: ['trace', fileUploadId],
    queryFn: async ({ signal }): Promise<Answer> => {
      const trace = await api<FileTrace>('GET', `files/${fileUploadId}/trace`, { signal })
      const rows = await api<PageOf<BatchRow>>('GET', `batches/${trace.batchId}/rows?ids=${fileUploadId}`, {
        signal,
      })
      return { trace, row: rows.items[0] ?? null }
    },
    staleTime: 0,
  })

export function Trace() {
  const { t } = useTranslation('trace')
  const { fileUploadId } = useParams({ from: '/signed-in/files/$fileUploadId/trace' })
  const { data, error, refetch } = useQuery(traceQuery(fileUploadId))
  const queries = useQueryClient()
  const batchId = data?.trace.batchId
  const again = (): void => void queries.invalidateQueries({ queryKey: ['trace', fileUploadId] })
  useLive({
    ...(batchId === undefined ? {} : { batchId }),
    onNotification: ({ fileUploadId: told }) => {
      if (told === undefined || told === fileUploadId) again()
    },
    onProgress: ({ files, more, phases }) => {
      const essayId = data?.row?.essayId
      if (
        more ||
        files.some((id) => id === fileUploadId) ||
        phases.some((phase) => phase.essayId === essayId)
      )
        again()
    },
    onResync: again,
  })

  const title = data ? t('title-of', { file: data.trace.fileName }) : t('title')
  return (
    <Page title={title} actions={data ? <Places {...data} /> : null}>
      {error && !data ? (
        <ProblemPanel error={error} thing={t('failed')} onRetry={() => void refetch()} />
      ) : null}
      {data ? <Told {...data} /> : error ? null : <Loader aria-label={t('reading')} />}
    </Page>
  )
}

function Places({ trace, row }: Answer) {
  const { t } = useTranslation('trace')
  const { batchId } = trace
  return (
    <>
      <Button
        variant="default"
        renderRoot={(props) => <Link to="/batches/$batchId" params={{ batchId }} {...props} />}
      >
        {t('batch')}
      </Button>
      {row?.state === 'in-slot' && row.essayId ? (
        <Button
          renderRoot={(props) => (
            <Link
              to="/batches/$batchId/essays/$essayId"
              params={{ batchId, essayId: row.essayId as string }}
              {...props}
            />
          )}
        >
          {t('essay')}
        </Button>
      ) : null}
    </>
  )
}

function Told({ trace, row }: Answer) {
  const { t } = useTranslation('trace')
  const first = trace.hops[0]
  const last = trace.hops.at(-1)
  return (
    <div className={classes.page}>
      <div className={classes.standing}>
        <Now trace={trace} row={row} />
        <Next trace={trace} />
      </div>
      <Paper withBorder bg="var(--paper)" p="lg" component="section" aria-labelledby="way">
        <Stack gap="lg">
          <Title order={2} id="way">
            {t('way')}
          </Title>
          {first && last ? (
            <>
              <Hops hops={trace.hops} />
              <Group justify="space-between" gap="xs">
                <Text size="sm" c="dimmed">
                  {t('total', { time: sayDuration(Date.parse(last.at) - Date.parse(first.at)) })}
                </Text>
                <CopyButton value={trace.fileUploadId} label={t('machine.copy-file')} />
              </Group>
            </>
          ) : (
            <EmptyState>{t('empty')}</EmptyState>
          )}
        </Stack>
      </Paper>
    </div>
  )
}

const stateShapes: Record<FileTrace['state'], ShapeName> = {
  received: 'waiting',
  reading: 'working',
  'waiting-for-slot': 'attention',
  'in-slot': 'done',
  rejected: 'attention',
  removed: 'removed',
}

/** A file counts as being read until it has a slot; people are told which of the two it is. */
const stateOf = ({ state, expects }: FileTrace): FileTrace['state'] | 'no-slot-yet' =>
  (state === 'received' || state === 'reading') && expects?.event === 'essays.slot-assigned'
    ? 'no-slot-yet'
    : state

function Now({ trace, row }: Answer) {
  const { t } = useTranslation(['trace', 'shared'])
  return (
    <Paper withBorder bg="var(--paper)" p="lg" component="section" aria-labelledby="now">
      <Stack gap="xs">
        <Title order={2} id="now">
          {t('trace:now')}
        </Title>
        <Group wrap="nowrap" align="flex-start" gap="xs">
          <span style={{ paddingTop: 4 }}>
            <Shape name={stateShapes[trace.state]} />
          </span>
          <Text>{t(`trace:state.${stateOf(trace)}`, { slot: row?.slot ?? '' })}</Text>
        </Group>
        {row?.error ? (
          <Text translate="no">
            {row.error.message} {row.error.remedy}
          </Text>
        ) : null}
        {row?.state === 'in-slot'
          ? Object.entries(row.phases).map(([phase, status]) => (
              <Group key={phase} gap="xs" fz="sm">
                <Shape
                  name={
                    status === 'failed'
                      ? 'attention'
                      : status === 'succeeded'
                        ? 'done'
                        : status === 'running'
                          ? 'working'
                          : 'waiting'
                  }
                />
                {t('trace:phase', {
                  phase: t(`shared:phase.${phase as 'spelling'}`),
                  status: t(`shared:status.${status as 'pending'}`),
                })}
              </Group>
            ))
          : null}
      </Stack>
    </Paper>
  )
}

function Next({ trace }: { trace: FileTrace }) {
  const { t } = useTranslation('trace')
  const now = useClock()
  const { nameOf } = useServices()
  const { data: me } = useQuery(meQuery)
  const { expects } = trace
  const late = expects ? now - Date.parse(expects.dueAt) : 0
  const overdue = expects !== null && (expects.overdue || late > 0)
  if (!expects)
    return (
      <Paper withBorder bg="var(--paper)" p="lg" component="section" aria-labelledby="next">
        <Stack gap="xs">
          <Title order={2} id="next">
            {t('next')}
          </Title>
          <Text>{t('nothing-next')}</Text>
        </Stack>
      </Paper>
    )
  const known = wordFor(expectedWords, expects.event)
  const what = known ? t(known) : t('expects.other', { event: expects.event })
  const service = nameOf(expects.service)
  const times = { since: sayClock(new Date(expects.since)), due: sayClock(new Date(expects.dueAt)) }
  return (
    <Paper
      p="lg"
      component="section"
      aria-labelledby="next"

      bd={overdue ? '1px solid var(--attention)' : '1px solid var(--line)'}
      bg={overdue ? 'var(--attention-soft)' : 'var(--paper)'}
    >
      <Stack gap="xs">
        <Group gap="xs" wrap="nowrap">
          <Shape name={overdue ? 'attention' : 'working'} />
          <Title order={2} id="next">
            {overdue ? t('overdue', { what }) : t('next')}
          </Title>
        </Group>
        {overdue ? (
          <>
            <Text>{t('overdue-why', { service, ...times, late: sayDuration(Math.max(0, late)) })}</Text>
            <Text>
              {me?.roles.includes('admin') ? t('overdue-admin', { service }) : t('overdue-teacher')}
            </Text>
            {me?.roles.includes('admin') ? <Link to="/status">{t('status-page')}</Link> : null}
          </>
        ) : (
          <Text>{t('expected', { what, service, ...times })}</Text>
        )}
      </Stack>
    </Paper>
  )
}
