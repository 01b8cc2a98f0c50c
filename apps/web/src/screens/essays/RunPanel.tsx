import { Button, Group, Menu, Progress, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { BatchView } from '#contracts/batches.ts'
import type { Phase } from '#contracts/common.ts'
import type { RunView } from '#contracts/results.ts'
import { api, asProblem, type PageOf } from '../../shared/api.ts'
import { ProblemPanel } from '../../shared/ProblemPanel.tsx'
import { queryClient } from '../../shared/queries.ts'
import { Shape } from '../../shared/Shape.tsx'
import type { Trouble } from './actions.ts'
import type { Line } from './line.ts'
import classes from './essays.module.css'

/** The latest run of the batch: how far each phase is, and pause, resume, end; else how to start one. */
export function RunPanel({
  batch,
  failed,
  retryFailed,
}: {
  batch: BatchView
  failed: readonly Line[]
  retryFailed: (lines: readonly Line[]) => void
}) {
  const { t } = useTranslation(['essays', 'shared'])
  const { batchId } = batch
  const [trouble, setTrouble] = useState<Trouble | null>(null)
  const [busy, setBusy] = useState(false)
  const runs = useQuery({
    queryKey: ['batch', batchId, 'runs'],
    queryFn: ({ signal }) =>
      api<PageOf<RunView>>('GET', `batches/${batchId}/pipeline-runs?limit=1`, { signal }),
  })
  const run = runs.data?.items[0]
  const active = run?.outcome === null

  const ask = async (
    what: 'run' | 'pause' | 'resume' | 'cancel',
    path: string,
    body?: object,
  ): Promise<void> => {
    setTrouble(null)
    setBusy(true)
    try {
      await api('POST', path, { key: crypto.randomUUID(), ...(body ? { body } : {}) })
    } catch (error) {
      setTrouble({ thing: t(`failed.${what}`), error: asProblem(error) })
    }
    setBusy(false)
    await queryClient.invalidateQueries({ queryKey: ['batch', batchId] })
  }
  const start = (phases?: Phase[]): void =>
    void ask('run', `batches/${batchId}/pipeline-runs`, phases ? { phases } : {})
  const control = (verb: 'pause' | 'resume' | 'cancel') => (): void =>
    void ask(verb, `pipeline-runs/${run?.runId}/${verb}`)

  if (batch.counts.received - batch.counts.removed === 0) return null
  return (
    <section aria-label={t('run.label')} className={classes.run}>
      <div className={classes.phases}>
        {active ? (
          run.phases.length === 0 ? (
            <Text size="sm">{t('run.waiting')}</Text>
          ) : (
            run.phases.map(({ name, pending, succeeded, failed: lost }) => {
              const all = pending + succeeded + lost
              const label = t('run.progress', {
                phase: t(`shared:phase.${name}`),
                done: succeeded + lost,
                all,
              })
              return (
                <div key={name} className={classes.phase}>
                  <Text size="sm">
                    {label}
                    {lost > 0 ? `, ${t('run.failed', { count: lost })}` : ''}
                  </Text>
                  <Progress
                    size="sm"
                    mt={4}
                    aria-label={label}
                    value={all === 0 ? 0 : (100 * (succeeded + lost)) / all}
                  />
                </div>
              )
            })
          )
        ) : (
          <Group gap={8} wrap="nowrap">
            <Shape
              name={
                run === undefined
                  ? 'empty'
                  : run.outcome === 'succeeded'
                    ? 'done'
                    : run.outcome === 'cancelled'
                      ? 'removed'
                      : 'attention'
              }
            />
            <Text size="sm">
              {run?.outcome
                ? t(`run.outcome.${run.outcome}`)
                : runs.data
                  ? t(batch.runWhenQuiet ? 'run.soon' : 'run.none')
                  : ''}{' '}
              {run?.reason ? <span translate="no">{run.reason}</span> : null}
            </Text>
          </Group>
        )}
        {active && run.paused ? (
          <Group gap={6} wrap="nowrap">
            <Shape name="paused" />
            <Text size="sm" fw={600}>
              {t('run.paused')}
            </Text>
          </Group>
        ) : null}
      </div>
      <Group gap="xs">
        {active ? (
          <>
            <Button
              size="sm"
              variant="default"
              disabled={busy}
              onClick={control(run.paused ? 'resume' : 'pause')}
            >
              {run.paused ? t('run.resume') : t('run.pause')}
            </Button>
            <Button size="sm" variant="subtle" disabled={busy} onClick={control('cancel')}>
              {t('run.cancel')}
            </Button>
          </>
        ) : (
          <>
            {failed.length > 0 ? (
              <Button size="sm" disabled={busy} onClick={() => retryFailed(failed)}>
                {t('run.retry-failed', { count: failed.length })}
              </Button>
            ) : null}
            <Button.Group>
              <Button size="sm" variant="default" disabled={busy} onClick={() => start()}>
                {t('run.start')}
              </Button>
              <Menu position="bottom-end">
                <Menu.Target>
                  <Button size="sm" variant="default" px="xs" disabled={busy} aria-label={t('run.choose')}>
                    ▾
                  </Button>
                </Menu.Target>
                <Menu.Dropdown>
                  {batch.phases.map((phase) => (
                    <Menu.Item key={phase} onClick={() => start([phase])}>
                      {t('run.start-phase', { phase: t(`shared:phase.${phase}`) })}
                    </Menu.Item>
                  ))}
                </Menu.Dropdown>
              </Menu>
            </Button.Group>
          </>
        )}
      </Group>
      {trouble ? (
        <div className={classes.trouble}>
          <ProblemPanel {...trouble} />
        </div>
      ) : null}
    </section>
  )
}
