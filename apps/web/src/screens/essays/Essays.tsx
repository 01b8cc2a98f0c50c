import { Anchor, Button, Group, Paper, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { useDeferredValue, useEffect, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { BatchView } from '#contracts/batches.ts'
import { Problem } from '../../shared/api.ts'
import { BatchState } from '../../shared/BatchState.tsx'
import { CountsLine } from '../../shared/CountsLine.tsx'
import { DropZone } from '../../shared/DropZone.tsx'
import { EmptyState } from '../../shared/EmptyState.tsx'
import { rememberBatch } from '../../shared/last-batch.ts'
import { useLive } from '../../shared/live.ts'
import { Page } from '../../shared/Page.tsx'
import { ProblemPanel } from '../../shared/ProblemPanel.tsx'
import { batchQuery } from '../../shared/queries.ts'
import { useStore } from '../../shared/store.ts'
import type { Choice } from '../../uploads/chosen.ts'
import { uploads } from '../../uploads/uploads.ts'
import { useFileActions } from './actions.ts'
import { Became } from './Became.tsx'
import { EssayTable } from './EssayTable.tsx'
import { countByFilter, findLines, lineOfRow, lineOfUpload, sortLines } from './line.ts'
import { MakeRoom } from './MakeRoom.tsx'
import { RowStore } from './rows.ts'
import { RunPanel } from './RunPanel.tsx'
import { readSearch, writeSearch } from './search.ts'
import { useSelection } from './selection.ts'
import { SelectionBar, Toolbar } from './Toolbar.tsx'
import { UnsentNotice, UploadPanel } from './UploadPanel.tsx'
import classes from './essays.module.css'

const route = getRouteApi('/signed-in/batches/$batchId')

export function Essays() {
  const { t } = useTranslation('essays')
  const { batchId } = route.useParams()
  const { data: batch, error, refetch } = useQuery(batchQuery(batchId))
  useEffect(() => {
    if (batch) rememberBatch(batchId)
  }, [batch, batchId])
  if (batch) return <Batch key={batchId} batch={batch} />
  const absent = error instanceof Problem && error.status === 404
  return (
    <Page title={t('title')}>
      {absent ? (
        <EmptyState
          action={
            <Button component={Link} to="/">
              {t('all-batches')}
            </Button>
          }
        >
          {t('absent')}
        </EmptyState>
      ) : error ? (
        <ProblemPanel error={error} thing={t('batch-failed')} onRetry={() => void refetch()} />
      ) : (
        <Text c="dimmed">{t('reading')}</Text>
      )}
    </Page>
  )
}

/** The rows of a batch while its screen is shown. */
function useRows(batchId: string): RowStore {
  const [rows] = useState(() => new RowStore(batchId))
  useEffect(() => {
    rows.start()
    const end = uploads.onAnswered((to, items) => {
      if (to === batchId) rows.take(items)
    })
    return () => {
      end()
      rows.stop()
    }
  }, [batchId, rows])
  useLive({
    batchId,
    onNotification: (notification) => rows.hear(notification),
    onProgress: (progress) => rows.hearProgress(progress),
    onResync: () => rows.reload(),
  })
  return rows
}

function Batch({ batch }: { batch: BatchView }) {
  const { t } = useTranslation('essays')
  const { batchId, capacity } = batch
  const navigate = route.useNavigate()
  const search = route.useSearch()
  const { filter, sort } = readSearch(search)
  const [typed, setTyped] = useState(search.q ?? '')
  const rows = useRows(batchId)
  const known = useStore(rows.store)
  const sending = useStore(uploads.uploads)
  const { actions, trouble, dismiss } = useFileActions(batchId, rows)
  const [leftOut, setLeftOut] = useState<readonly string[] | 'everything'>([])

  const all = useMemo(
    () => [
      ...known.items.map(lineOfRow),
      ...sending.filter((upload) => upload.batchId === batchId).map(lineOfUpload),
    ],
    [known.items, sending, batchId],
  )
  const wanted = useDeferredValue(typed)
  const lines = useMemo(
    () => sortLines(findLines(all, filter, wanted), sort.key, sort.descending),
    [all, filter, wanted, sort.key, sort.descending],
  )
  const counts = useMemo(() => countByFilter(all), [all])
  const failed = useMemo(() => all.filter(({ state }) => state === 'check-failed'), [all])
  const selection = useSelection(lines)
  const selected = useMemo(() => all.filter(({ id }) => selection.ids.has(id)), [all, selection])

  const change: React.ComponentProps<typeof Toolbar>['change'] = (some) => {
    if (some.search !== undefined) setTyped(some.search)
    const next = { filter, sort, search: typed, ...some }
    // A place, but no step back for each letter typed.
    void navigate({ search: writeSearch(next), replace: some.search !== undefined, resetScroll: false })
  }
  const add = ({ files, leftOut: out }: Choice): void => {
    setLeftOut(files.length === 0 ? 'everything' : out)
    uploads.add(batchId, files)
  }

  return (
    <Page
      title={batch.title}
      ownWords
      actions={
        <Button
          component={Link}
          to={`/batches/${batchId}/results`}
          variant={batch.state === 'done' ? 'filled' : 'default'}
        >
          {t('results')}
        </Button>
      }
    >
      <Stack gap="md">
        <div className={classes.counts}>
          <CountsLine counts={batch.counts} />
          <BatchState state={batch.state} />
        </div>
        {batch.prompt ? (
          <details>
            <summary>{t('task')}</summary>
            <p className={classes.task} translate="no">
              {batch.prompt}
            </p>
          </details>
        ) : null}
        <DropZone onChosen={add}>
          {batch.counts.received === 0 ? (
            <Text size="sm" c="dimmed" mt="xs">
              {t('drop-more')}
            </Text>
          ) : null}
        </DropZone>
        {leftOut === 'everything' ? (
          <Text role="alert">{t('nothing-dropped')}</Text>
        ) : leftOut.length > 0 ? (
          <Text size="sm" c="dimmed" role="status">
            {t('left-out', { count: leftOut.length, names: leftOut.slice(0, 5).join(', ') })}
          </Text>
        ) : null}
        <UnsentNotice batchId={batchId} />
        <UploadPanel />
        <MakeRoom batch={batch} />
        <RunPanel batch={batch} failed={failed} retryFailed={actions.retry} />
        {trouble ? (
          <Stack gap={4}>
            <ProblemPanel {...trouble} />
            <Anchor component="button" size="sm" onClick={dismiss}>
              {t('dismiss')}
            </Anchor>
          </Stack>
        ) : null}
        <Toolbar counts={counts} filter={filter} search={typed} sort={sort} change={change} />
        <Group justify="space-between" gap="xs" my="-0.35rem">
          <Became rows={known} />
          <SelectionBar
            count={selected.length}
            onRemove={() => {
              actions.remove(selected)
              selection.setAll([])
            }}
            onRetry={() => actions.retry(selected)}
            onClear={() => selection.setAll([])}
          />
        </Group>
        {known.error && !known.complete ? (
          <ProblemPanel error={known.error} thing={t('rows-failed')} onRetry={() => rows.reload()} />
        ) : null}
        {lines.length > 0 ? (
          <EssayTable
            batchId={batchId}
            capacity={capacity}
            lines={lines}
            sort={sort}
            onSort={(key) => change({ sort: { key, descending: sort.key === key && !sort.descending } })}
            selection={selection}
            actions={actions}
            nameOf={(id) => (id === undefined ? undefined : rows.get(id)?.fileName)}
          />
        ) : (
          <Paper withBorder bg="var(--paper)">
            <EmptyState
              action={
                wanted === '' ? undefined : (
                  <Button variant="default" onClick={() => change({ search: '' })}>
                    {t('clear-search')}
                  </Button>
                )
              }
            >
              {!known.complete
                ? t('empty.reading')
                : wanted === ''
                  ? t(`empty.${filter}`)
                  : t('empty.search', { search: wanted })}
            </EmptyState>
          </Paper>
        )}
      </Stack>
    </Page>
  )
}
