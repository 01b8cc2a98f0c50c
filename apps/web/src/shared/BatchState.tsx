import { Group, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { BatchView } from '#contracts/batches.ts'
import { Shape, type ShapeName } from './Shape.tsx'

const shapes: Record<BatchView['state'], ShapeName> = {
  empty: 'empty',
  receiving: 'working',
  running: 'working',
  done: 'done',
  'needs-attention': 'attention',
}

export function BatchState({ state }: { state: BatchView['state'] }) {
  const { t } = useTranslation()
  return (
    <Group gap={6} wrap="nowrap">
      <Shape name={shapes[state]} />
      <Text span size="sm" fw={500}>
        {t(`batch-state.${state}`)}
      </Text>
    </Group>
  )
}
