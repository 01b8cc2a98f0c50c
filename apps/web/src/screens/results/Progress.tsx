import { Button, Progress as Bar, Text } from '@mantine/core'
import { getRouteApi } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import type { ClassView } from '#contracts/results.ts'
import { sayInteger } from '../../shared/figures.ts'
import { Shape } from '../../shared/Shape.tsx'
import classes from './results.module.css'

const route = getRouteApi('/signed-in/batches/$batchId/results')

/** How far the run is, and when the class page appears. */
export function Progress({ view, partial }: { view: ClassView; partial: boolean }) {
  const { t } = useTranslation(['results', 'shared'])
  const navigate = route.useNavigate()
  const { pipeline, done } = view
  const reading = view.counts.reading
  return (
    <section className={classes.card} aria-label={t('progress.title')}>
      <div className={classes.bars}>
        {pipeline?.phases.map(({ name, stage }) => {
          const { succeeded, failed, of } = done[name]
          const settled = succeeded + failed
          return (
            <div key={name}>
              <Text fw={600} className={classes.stateWord}>
                <Shape
                  name={
                    pipeline.paused
                      ? 'paused'
                      : stage === 'waiting'
                        ? 'waiting'
                        : settled < of
                          ? 'working'
                          : 'done'
                  }
                />
                {t('progress.done', {
                  phase: t(`phase.${name}`, { ns: 'shared' }),
                  done: sayInteger(settled),
                  of: sayInteger(of),
                })}
                {failed > 0 ? ` ${t('progress.failed', { count: failed, value: sayInteger(failed) })}` : ''}
              </Text>
              <Bar
                value={of === 0 ? 0 : (settled / of) * 100}
                mt={6}
                aria-label={t(`phase.${name}`, { ns: 'shared' })}
              />
            </div>
          )
        })}
      </div>
      <Text role="status" mt="md">
        {pipeline?.paused
          ? t('progress.paused')
          : reading > 0
            ? t('progress.reading', { count: reading, value: sayInteger(reading) })
            : partial
              ? t('progress.partial')
              : t('progress.appears', { of: sayInteger(view.essays.length) })}
      </Text>
      {partial ? null : (
        <Button
          mt="sm"
          variant="default"
          size="xs"
          onClick={() => void navigate({ search: (before) => ({ ...before, partial: true }), replace: true })}
        >
          {t('progress.show')}
        </Button>
      )}
    </section>
  )
}
