import { Group, Paper, Stack, Table, Text, Title } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { SystemStatus } from '#contracts/status.ts'
import { Ago } from '../../shared/Ago.tsx'
import { Shape, type ShapeName } from '../../shared/Shape.tsx'
import { useServices } from '../../shared/services.ts'
import { sayNumber } from './figures.ts'
import { stuckFor } from './find-troubles.ts'

type State = 'well' | 'working' | 'stuck' | 'unassigned'
const shapes: Record<State, ShapeName> = {
  well: 'done',
  working: 'working',
  stuck: 'attention',
  unassigned: 'attention',
}

const stateOf = (each: SystemStatus['subscriptions'][number], at: string): State =>
  !each.assigned ? 'unassigned' : stuckFor(each, at) !== null ? 'stuck' : each.lag > 0 ? 'working' : 'well'

/** Every subscription: what it is there for, whether it gets on, what waits, when it last handled something. */
export function Services({ status }: { status: SystemStatus }) {
  const { t } = useTranslation('status')
  const { nameOf, deedOf } = useServices()
  return (
    <Paper withBorder bg="var(--paper)" p="lg" component="section" aria-labelledby="services">
      <Stack gap="md">
        <Title order={2} id="services">
          {t('services.title')}
        </Title>
        <Table verticalSpacing="xs" aria-labelledby="services">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t('services.service')}</Table.Th>
              <Table.Th>{t('services.state')}</Table.Th>
              <Table.Th visibleFrom="sm">{t('services.waits')}</Table.Th>
              <Table.Th visibleFrom="sm">{t('services.handled')}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {status.subscriptions.map((each) => {
              const state = stateOf(each, status.at)
              return (
                <Table.Tr key={each.name}>
                  <Table.Td>
                    <Text fw={550} size="sm">
                      {nameOf(each.service)}
                    </Text>
                    <Text size="sm" c="dimmed">
                      {deedOf(each.name) ?? each.does}
                    </Text>
                  </Table.Td>
                  <Table.Td>
                    <Group gap="xs" wrap="nowrap">
                      <Shape name={shapes[state]} />
                      {t(`services.${state}`)}
                    </Group>
                  </Table.Td>
                  <Table.Td visibleFrom="sm">
                    {each.lag === 0 ? t('services.nothing') : t('services.events', { count: each.lag })}
                  </Table.Td>
                  <Table.Td visibleFrom="sm">
                    {each.lastHandledAt ? <Ago at={each.lastHandledAt} /> : t('services.never')}
                  </Table.Td>
                </Table.Tr>
              )
            })}
          </Table.Tbody>
        </Table>
        <details>
          <summary>{t('program.details')}</summary>

          <Table verticalSpacing={4} aria-label={t('program.details')}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{t('machine.subscription')}</Table.Th>
                <Table.Th ta="end">{t('machine.position')}</Table.Th>
                <Table.Th ta="end">{t('machine.lag')}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {status.subscriptions.map(({ name, position, lag }) => (
                <Table.Tr key={name}>
                  <Table.Td translate="no">{name}</Table.Td>
                  <Table.Td ta="end">{sayNumber(position)}</Table.Td>
                  <Table.Td ta="end">{sayNumber(lag)}</Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </details>
      </Stack>
    </Paper>
  )
}
