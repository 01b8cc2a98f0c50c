import { Badge, Button, Group, Stack, Text } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { BatchView } from '#contracts/batches.ts'
import { Ago } from '../../shared/Ago.tsx'
import { api } from '../../shared/api.ts'
import { BatchState } from '../../shared/BatchState.tsx'
import { CountsLine } from '../../shared/CountsLine.tsx'
import { ProblemPanel } from '../../shared/ProblemPanel.tsx'
import { queryClient } from '../../shared/queries.ts'
import { Shape } from '../../shared/Shape.tsx'
import { sayDay } from '../../shared/time.ts'
import { offerUndo } from '../../shared/undo.tsx'
import classes from './home.module.css'

export function BatchList({ batches }: { batches: readonly BatchView[] }) {
  const { t } = useTranslation('home')
  const [failure, setFailure] = useState<{ thing: string; error: unknown } | null>(null)
  const renew = (): Promise<void> => queryClient.invalidateQueries({ queryKey: ['batches'] })

  const restore = async ({ batchId }: BatchView): Promise<void> => {
    try {
      await api('POST', `batches/${batchId}/restore`)
    } catch (error) {
      setFailure({ thing: t('restore-failed'), error })
    }
    await renew()
  }
  const remove = async (batch: BatchView): Promise<void> => {
    setFailure(null)
    try {
      await api('DELETE', `batches/${batch.batchId}`)
      offerUndo(t('removed', { title: batch.title }), () => restore(batch))
    } catch (error) {
      setFailure({ thing: t('remove-failed'), error })
    }
    await renew()
  }

  return (
    <Stack gap="sm">
      {failure ? <ProblemPanel {...failure} /> : null}
      <ul className={classes.list}>
        {batches.map((batch) => (
          <li key={batch.batchId} className={classes.card}>
            <div className={classes.main}>
              <Group gap="xs">
                <Link
                  to="/batches/$batchId"
                  params={{ batchId: batch.batchId }}
                  className={classes.title}
                  translate="no"
                >
                  {batch.title}
                </Link>
                {batch.example ? (
                  <Badge variant="light" title={t('example-why')} tt="none">
                    {t('example')}
                  </Badge>
                ) : null}
              </Group>
              <CountsLine counts={batch.counts} />
              {batch.eraseOn ? (
                <Group gap="xs" fz="sm" wrap="nowrap">
                  <Shape name="attention" />
                  {t('erase-on', { date: sayDay(new Date(batch.eraseOn)) })}
                </Group>
              ) : null}
            </div>
            <div className={classes.side}>
              <BatchState state={batch.state} />
              <Text size="sm" c="dimmed">
                <Ago at={batch.createdAt} />
              </Text>
            </div>
            {batch.example ? (
              <Button size="compact-sm" variant="subtle" onClick={() => void remove(batch)}>
                {t('remove-example')}
              </Button>
            ) : null}
          </li>
        ))}
      </ul>
    </Stack>
  )
}
