import { Button, Loader } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import type { ClassView } from '#contracts/results.ts'
import { api } from '../../shared/api.ts'
import { EmptyState } from '../../shared/EmptyState.tsx'
import { useLive } from '../../shared/live.ts'
import { Page } from '../../shared/Page.tsx'
import { ProblemPanel } from '../../shared/ProblemPanel.tsx'
import { classQuery } from '../../shared/results-queries.ts'
import { useThrottled } from '../../shared/throttle.ts'
import { ClassPage } from './ClassPage.tsx'
import { Downloads } from './Downloads.tsx'
import { Outcome } from './Outcome.tsx'
import { Progress } from './Progress.tsx'
import classes from './results.module.css'

const route = getRouteApi('/signed-in/batches/$batchId/results')

/** The class as a whole. */
export function Results() {
  const { t } = useTranslation('results')
  const { batchId } = route.useParams()
  const { partial } = route.useSearch()
  const client = useQueryClient()
  const view = useQuery(classQuery(batchId))
  const refresh = useThrottled(
    () => void client.invalidateQueries({ queryKey: classQuery(batchId).queryKey }),
    1000,
  )
  useLive({ batchId, onProgress: refresh, onNotification: refresh, onResync: refresh })

  const title = view.data ? t('heading', { title: view.data.title }) : t('title')
  return (
    <Page
      title={title}
      actions={view.data && view.data.essays.length > 0 ? <Downloads batchId={batchId} /> : null}
    >
      <p className={classes.trail}>
        <Link to="/batches/$batchId" params={{ batchId }}>
          {t('essays')}
        </Link>
      </p>
      {view.isPending ? (
        <Loader aria-label={t('loading')} />
      ) : view.isError ? (
        <ProblemPanel thing={t('not-read')} error={view.error} onRetry={() => void view.refetch()} />
      ) : view.data.essays.length === 0 ? (
        <NoEssays view={view.data} />
      ) : view.data.pipeline === null ? (
        <NothingAsked batchId={batchId} />
      ) : isBefore(view.data) ? (
        <>
          <Progress view={view.data} partial={partial === true} />
          {partial ? <ClassPage view={view.data} /> : null}
        </>
      ) : (
        <>
          <Outcome view={view.data} />
          <ClassPage view={view.data} />
        </>
      )}
    </Page>
  )
}

/** A run over the whole class is under way; one over a few essays leaves the page as it is. */
function isBefore({ pipeline, essays }: ClassView): boolean {
  if (!pipeline || pipeline.outcome !== null) return false
  return pipeline.phases.some(
    (phase) => phase.stage === 'waiting' || phase.pending + phase.succeeded + phase.failed >= essays.length,
  )
}

function NoEssays({ view }: { view: ClassView }) {
  const { t } = useTranslation('results')
  const { received, rejected } = view.counts
  return (
    <EmptyState
      action={
        <Button
          variant="default"
          renderRoot={(props) => (
            <Link {...props} to="/batches/$batchId" params={{ batchId: view.batchId }} />
          )}
        >
          {t('empty.to-essays')}
        </Button>
      }
    >
      {received === 0 ? t('empty.none') : rejected === received ? t('empty.rejected') : t('empty.reading')}
    </EmptyState>
  )
}

function NothingAsked({ batchId }: { batchId: string }) {
  const { t } = useTranslation('results')
  const client = useQueryClient()
  const run = useMutation({
    mutationFn: () => api('POST', `batches/${batchId}/pipeline-runs`, { body: {}, key: crypto.randomUUID() }),
    onSuccess: () => client.invalidateQueries({ queryKey: ['batch', batchId] }),
  })
  return (
    <>
      <EmptyState
        action={
          <Button loading={run.isPending} onClick={() => run.mutate()}>
            {t('empty.check')}
          </Button>
        }
      >
        {t('empty.not-asked')}
      </EmptyState>
      {run.isError ? <ProblemPanel thing={t('empty.not-started')} error={run.error} /> : null}
    </>
  )
}
