import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import type { ClassView } from '#contracts/results.ts'
import { sayInteger } from '../../shared/figures.ts'
import { Shape } from '../../shared/Shape.tsx'
import classes from './results.module.css'

/** What the latest run came to, said plainly: what failed and why stands first. */
export function Outcome({ view }: { view: ClassView }) {
  const { t } = useTranslation(['results', 'shared'])
  const { pipeline, done, failures, rejected, counts, batchId } = view
  if (!pipeline) return null
  const asked = pipeline.phases.map(({ name }) => name)
  const complete = asked.every((name) => done[name].succeeded === done[name].of)
  const ended = pipeline.outcome ?? 'running'
  return (
    <section className={classes.outcome} aria-label={t('outcome.title')}>
      <p className={classes.stateWord}>
        <Shape
          name={complete && failures.length === 0 ? 'done' : ended === 'running' ? 'working' : 'attention'}
        />
        <span>
          {complete
            ? t('outcome.all', { count: view.essays.length, value: sayInteger(view.essays.length) })
            : asked
                .map((name) =>
                  t('outcome.some', {
                    phase: t(`phase.${name}`, { ns: 'shared' }),
                    done: sayInteger(done[name].succeeded),
                    of: sayInteger(done[name].of),
                  }),
                )
                .join(' ')}
          {ended === 'running' ? ` ${t('outcome.running')}` : ''}
          {ended === 'cancelled' ? ` ${t('outcome.cancelled')}` : ''}
          {ended === 'failed' && pipeline.reason !== undefined ? (
            <>
              {' '}
              {t('outcome.failed')} <span translate="no">{pipeline.reason}</span>
            </>
          ) : null}
        </span>
      </p>
      {failures.length > 0 ? (
        <details className={classes.troubles} open={failures.length <= 5}>
          <summary>
            {t('outcome.failures', { count: failures.length, value: sayInteger(failures.length) })}
          </summary>
          <ul>
            {failures.slice(0, 50).map(({ essayId, slot, fileName, phase, error }) => (
              <li key={`${essayId} ${phase}`}>
                <Link to="/batches/$batchId/essays/$essayId" params={{ batchId, essayId }}>
                  {t('essay', { slot })} <bdi translate="no">{fileName}</bdi>
                </Link>
                {': '}
                {t(`phase.${phase}`, { ns: 'shared' })}. <span translate="no">{error?.message}</span>{' '}
                <span translate="no">{error?.remedy}</span>
              </li>
            ))}
          </ul>
        </details>
      ) : null}
      {rejected.length > 0 ? (
        <details className={classes.troubles}>
          <summary>
            <Shape name="attention" size={14} />{' '}
            {t('outcome.rejected', {
              count: rejected.length,
              value: sayInteger(rejected.length),
              of: sayInteger(counts.received),
            })}
          </summary>
          <ul>
            {rejected.slice(0, 50).map(({ fileUploadId, fileName, archive, error }) => (
              <li key={fileUploadId}>
                <b translate="no">
                  <bdi>{archive === undefined ? fileName : `${archive}: ${fileName}`}</bdi>
                </b>{' '}
                <span translate="no">
                  {error?.message} {error?.remedy}
                </span>
              </li>
            ))}
          </ul>
          <Link to="/batches/$batchId" params={{ batchId }}>
            {t('outcome.to-essays')}
          </Link>
        </details>
      ) : null}
      <p className={classes.quiet}>{t('machine')}</p>
    </section>
  )
}
