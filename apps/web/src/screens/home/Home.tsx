import { Button, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { DropZone } from '../../shared/DropZone.tsx'
import { EmptyState } from '../../shared/EmptyState.tsx'
import { lastBatch } from '../../shared/last-batch.ts'
import { Page } from '../../shared/Page.tsx'
import { ProblemPanel } from '../../shared/ProblemPanel.tsx'
import { batchesQuery } from '../../shared/queries.ts'
import { BatchList } from './BatchList.tsx'
import { DataBar } from './DataBar.tsx'
import { useBatchOfDrop } from './drop.ts'
import classes from './home.module.css'

export function Home() {
  const { t } = useTranslation('home')
  const batches = useQuery(batchesQuery)
  const [dropped, setDropped] = useState<'making' | 'nothing' | { error: unknown } | null>(null)
  const makeBatch = useBatchOfDrop(setDropped)
  const last = batches.data?.find(({ batchId }) => batchId === lastBatch()) ?? batches.data?.[0]
  return (
    <Page
      title={t('title')}
      actions={
        <>
          <Button variant={last ? 'default' : 'filled'} component={Link} to="/batches/new">
            {t('new')}
          </Button>
          {last ? (
            <Button component={Link} to={`/batches/${last.batchId}`} className={classes.continue}>
              {t('continue', { title: last.title })}
            </Button>
          ) : null}
        </>
      }
    >
      <DropZone title={t('drop-first')} onChosen={(choice) => void makeBatch(choice)}>
        <Text size="sm" c="dimmed" mt="xs">
          {t('drop')}
        </Text>
      </DropZone>
      {dropped === 'making' ? <Text role="status">{t('making')}</Text> : null}
      {dropped === 'nothing' ? <Text role="alert">{t('nothing-dropped')}</Text> : null}
      {dropped !== null && typeof dropped === 'object' ? (
        <ProblemPanel error={dropped.error} thing={t('made-failed')} />
      ) : null}
      {batches.data === undefined ? (
        batches.error ? (
          <ProblemPanel error={batches.error} thing={t('failed')} onRetry={() => void batches.refetch()} />
        ) : (
          <Text c="dimmed">{t('reading')}</Text>
        )
      ) : batches.data.length === 0 ? (
        <EmptyState>{t('empty')}</EmptyState>
      ) : (
        <BatchList batches={batches.data} />
      )}
      <DataBar />
    </Page>
  )
}
