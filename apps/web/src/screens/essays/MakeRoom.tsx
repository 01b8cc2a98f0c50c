import { Button, Group, Paper, Text } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import type { BatchView } from '#contracts/batches.ts'
import { api } from '../../shared/api.ts'
import { ProblemPanel } from '../../shared/ProblemPanel.tsx'
import { queryClient } from '../../shared/queries.ts'

/** Said while files wait for a slot: how many, and one click that makes as many more. */
export function MakeRoom({ batch: { batchId, capacity, counts } }: { batch: BatchView }) {
  const { t } = useTranslation('essays')
  const count = counts.waitingForSlot
  const grow = useMutation({
    mutationFn: (to: number) => api<BatchView>('PATCH', `batches/${batchId}`, { body: { capacity: to } }),
    onSettled: () => queryClient.invalidateQueries({ queryKey: ['batch', batchId] }),
  })
  if (capacity === null || count === 0) return null
  return (
    <Paper withBorder p="md" bg="var(--attention-soft)" role="status">
      <Group justify="space-between" gap="sm">
        <Text flex={1} miw="16rem">
          {t('room.said', { count, capacity })}
        </Text>
        <Button size="xs" disabled={grow.isPending} onClick={() => grow.mutate(capacity + count)}>
          {t('room.make', { count })}
        </Button>
      </Group>
      {grow.error ? <ProblemPanel error={grow.error} thing={t('room.failed')} /> : null}
    </Paper>
  )
}
