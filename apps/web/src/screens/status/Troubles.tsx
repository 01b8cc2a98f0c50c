import { Group, Paper, Stack, Text, Title } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { Shape } from '../../shared/Shape.tsx'
import { useServices } from '../../shared/services.ts'
import { sayDuration } from '../../shared/time.ts'
import { sayBytes } from './figures.ts'
import type { Trouble } from './find-troubles.ts'

/** What needs the administrator, or that nothing does. */
export function Troubles({ troubles }: { troubles: readonly Trouble[] }) {
  const { t } = useTranslation('status')
  if (troubles.length === 0)
    return (
      <Paper withBorder bg="var(--paper)" p="lg" component="section" aria-labelledby="summary">
        <Group wrap="nowrap" align="flex-start" gap="sm">
          <span style={{ paddingTop: 3 }}>
            <Shape name="done" size={20} />
          </span>
          <Stack gap={4}>
            <Title order={2} id="summary">
              {t('well')}
            </Title>
            <Text>{t('well-why')}</Text>
          </Stack>
        </Group>
      </Paper>
    )
  return (
    <Paper
      bg="var(--attention-soft)"
      bd="1px solid var(--attention)"
      p="lg"
      component="section"
      aria-labelledby="summary"
    >
      <Stack gap="md">
        <Title order={2} id="summary">
          {t('troubles', { count: troubles.length })}
        </Title>
        <Stack gap="md" component="ul" m={0} p={0} style={{ listStyle: 'none' }}>
          {troubles.map((trouble, index) => (
            <Group key={`${trouble.kind}${index}`} component="li" wrap="nowrap" align="flex-start" gap="sm">
              <span style={{ paddingTop: 3 }}>
                <Shape name="attention" />
              </span>
              <Said trouble={trouble} />
            </Group>
          ))}
        </Stack>
      </Stack>
    </Paper>
  )
}

function Said({ trouble }: { trouble: Trouble }) {
  const [what, remedy] = useWords(trouble)
  return (
    <div>
      <Text fw={550}>{what}</Text>
      <Text>{remedy}</Text>
    </div>
  )
}

/** The thing with its reason, and the remedy. */
function useWords(trouble: Trouble): [string, string] {
  const { t } = useTranslation('status')
  const { nameOf, deedOf } = useServices()
  switch (trouble.kind) {
    case 'part':
      return [t('trouble.part', { part: trouble.name, error: trouble.error }), t('trouble.part-remedy')]
    case 'unassigned':
    case 'stuck': {
      const service = nameOf(trouble.service)
      const does = deedOf(trouble.subscription) ?? trouble.does
      return trouble.kind === 'unassigned'
        ? [t('trouble.unassigned', { does, service }), t('trouble.unassigned-remedy')]
        : [
            t('trouble.stuck', {
              does,
              service,
              count: trouble.waits,
              time: sayDuration(trouble.milliseconds),
            }),
            t('trouble.stuck-remedy'),
          ]
    }
    case 'held': {
      const { application, process, preparedAs, seconds } = trouble.held
      const who = preparedAs
        ? t('trouble.held-prepared', { name: preparedAs })
        : application
          ? t('trouble.held-program', { application, process })
          : t('trouble.held-unnamed', { process })
      return [t('trouble.held', { who, time: sayDuration(seconds * 1000) }), t('trouble.held-remedy')]
    }
    case 'letters':
      return [t('trouble.letters', { count: trouble.count }), t('trouble.letters-remedy')]
    case 'chains':
      return [t('trouble.chains', { count: trouble.count }), t('trouble.chains-remedy')]
    case 'jobs':
      return [t('trouble.jobs', { count: trouble.count }), t('trouble.jobs-remedy')]
    case 'disk':
      return [
        t('trouble.disk', { free: sayBytes(trouble.freeBytes), folder: trouble.folder }),
        t('trouble.disk-remedy'),
      ]
    case 'degraded':
      return [t('trouble.degraded', { part: trouble.part, loses: trouble.loses }), trouble.remedy]
  }
}
