import { Button, Group, Paper, Stack, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { asProblem } from './api.ts'
import { CopyButton } from './CopyButton.tsx'
import { Shape } from './Shape.tsx'

/** The thing, the reason and the remedy of an error. `thing` says what could not be done, as a sentence. */
export function ProblemPanel({
  error,
  thing,
  onRetry,
}: {
  error: unknown
  thing: string
  onRetry?: () => void
}) {
  const { t } = useTranslation()
  const problem = asProblem(error)
  const away = problem.status === 0
  return (
    <Paper role="alert" withBorder p="md" bg="var(--attention-soft)" bd="1px solid var(--attention)">
      <Group align="flex-start" wrap="nowrap" gap="sm">
        <Shape name="attention" />
        <Stack gap={6}>
          <Text fw={600}>{thing}</Text>
          <Text>{away ? t('problem.unreachable') : problem.message}</Text>
          {problem.remedy || away ? <Text>{problem.remedy ?? t('problem.unreachable-remedy')}</Text> : null}
          <Group gap="sm">
            {onRetry ? (
              <Button size="xs" variant="default" onClick={onRetry}>
                {t('problem.retry')}
              </Button>
            ) : null}
            {problem.correlationId ? (
              <CopyButton value={problem.correlationId} label={t('problem.copy-reference')} />
            ) : null}
          </Group>
        </Stack>
      </Group>
    </Paper>
  )
}
