import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import type { ClassEssay } from '#contracts/results.ts'
import classes from './essay.module.css'

/** Leads to the essays before and after, and says where one is. */
export function EssayPages({
  batchId,
  position,
  of,
  previous,
  next,
}: {
  batchId: string
  /** From 1; 0 while it is not known. */
  position: number
  of: number
  previous: ClassEssay | null
  next: ClassEssay | null
}) {
  const { t } = useTranslation('essay')
  if (position === 0) return null
  const leaf = (to: ClassEssay | null, direction: 'previous' | 'next') =>
    to === null ? (
      <span className={classes.quiet}>{t(`pages.no-${direction}`)}</span>
    ) : (
      <Link
        to="/batches/$batchId/essays/$essayId"
        params={{ batchId, essayId: to.essayId }}
        search={(before) => (before.hide === undefined ? {} : { hide: before.hide })}
      >
        {direction === 'previous' ? <span aria-hidden>← </span> : null}
        {t(`pages.${direction}`)} <bdi translate="no">{to.fileName}</bdi>
        {direction === 'next' ? <span aria-hidden> →</span> : null}
      </Link>
    )
  return (
    <nav className={classes.pages} aria-label={t('pages.label')}>
      <div>{leaf(previous, 'previous')}</div>
      <div className={classes.quiet}>{t('position', { position, of })}</div>
      <div>{leaf(next, 'next')}</div>
    </nav>
  )
}
