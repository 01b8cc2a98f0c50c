import { Paper, Stack, Title } from '@mantine/core'
import { useId, type ReactNode } from 'react'

/** One subject of the settings. */
export function Section({ title, children }: { title: string; children: ReactNode }) {
  const heading = useId()
  return (
    <Paper withBorder bg="var(--paper)" p="lg" component="section" aria-labelledby={heading}>
      <Stack gap="md">
        <Title order={2} id={heading}>
          {title}
        </Title>
        {children}
      </Stack>
    </Paper>
  )
}
