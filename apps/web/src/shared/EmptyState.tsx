import { Stack, Text } from '@mantine/core'
import type { ReactNode } from 'react'

/** What will be here, and the one thing to do. */
export function EmptyState({ children, action }: { children: ReactNode; action?: ReactNode }) {
  return (
    <Stack align="center" gap="md" py="xl" px="md">
      <Text c="dimmed" ta="center" maw="36rem">
        {children}
      </Text>
      {action}
    </Stack>
  )
}
