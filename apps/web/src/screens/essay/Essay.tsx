import { Loader, Text } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import type { ClassEssay } from '#contracts/results.ts'
import { useKeys } from '../../shared/keys.tsx'
import { useLive } from '../../shared/live.ts'
import { Page } from '../../shared/Page.tsx'
import { ProblemPanel } from '../../shared/ProblemPanel.tsx'
import { classQuery, essayQuery } from '../../shared/results-queries.ts'
import { EssayPages } from './EssayPages.tsx'
import { EssayBody } from './EssayBody.tsx'
import classes from './essay.module.css'

const route = getRouteApi('/signed-in/batches/$batchId/essays/$essayId')

/** One essay with everything that was found in it. */
export function Essay() {
  const { t } = useTranslation('essay')
  const { batchId, essayId } = route.useParams()
  const navigate = route.useNavigate()
  const client = useQueryClient()
  const essay = useQuery(essayQuery(batchId, essayId))
  const view = useQuery(classQuery(batchId))
  const essays = view.data?.essays ?? []
  const place = essays.findIndex((each) => each.essayId === essayId)
  const around = {
    position: place + 1,
    of: essays.length,
    previous: essays[place - 1] ?? null,
    next: place < 0 ? null : (essays[place + 1] ?? null),
  }

  useLive({
    batchId,
    onProgress: ({ phases }) => {
      if (phases.some((phase) => phase.essayId === essayId))
        void client.invalidateQueries({ queryKey: ['batch', batchId] })
    },
    onResync: () => void client.invalidateQueries({ queryKey: ['batch', batchId] }),
  })
  const [previousId, nextId] = [around.previous?.essayId, around.next?.essayId]
  useEffect(() => {
    for (const id of [previousId, nextId]) if (id) void client.prefetchQuery(essayQuery(batchId, id))
  }, [client, batchId, previousId, nextId])

  const turn = (to: ClassEssay | null): unknown =>
    to === null
      ? false
      : navigate({
          to: '/batches/$batchId/essays/$essayId',
          params: { batchId, essayId: to.essayId },
          search: ({ hide }) => (hide === undefined ? {} : { hide }),
        })
  useKeys([
    { key: 'ArrowLeft', says: t('keys.previous'), run: () => turn(around.previous) },
    { key: 'ArrowRight', says: t('keys.next'), run: () => turn(around.next) },
  ])

  const title = essay.data
    ? t('heading', { slot: essay.data.slot, fileName: essay.data.fileName })
    : t('title')
  return (
    <Page title={title}>
      <Text size="sm" className={classes.trail}>
        <Link to="/batches/$batchId" params={{ batchId }} translate="no">
          {view.data?.title ?? t('batch')}
        </Link>
        {' · '}
        <Link to="/batches/$batchId/results" params={{ batchId }}>
          {t('results')}
        </Link>
        {around.position > 0 ? (
          <span className={classes.quiet}>
            {' · '}
            {t('position', { position: around.position, of: around.of })}
          </span>
        ) : null}
      </Text>
      {essay.isPending ? (
        <Loader aria-label={t('loading')} />
      ) : essay.isError ? (
        <ProblemPanel thing={t('not-read')} error={essay.error} onRetry={() => void essay.refetch()} />
      ) : (
        <EssayBody
          key={essayId}
          batchId={batchId}
          essay={essay.data}
          line={essays[place] ?? null}
          view={view.data ?? null}
        />
      )}
      <EssayPages batchId={batchId} {...around} />
    </Page>
  )
}
