import { Button, Group } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import type { EssayResult } from '#contracts/results.ts'
import { Ago } from '../../shared/Ago.tsx'
import { CopyButton } from '../../shared/CopyButton.tsx'
import { rowQuery } from '../../shared/results-queries.ts'
import { sayDuration } from '../../shared/time.ts'
import classes from './essay.module.css'

/** The file the essay came in: the original to open, what was remarked on reading it, its names for machines. */
export function FileFacts({ batchId, essay }: { batchId: string; essay: EssayResult }) {
  const { t } = useTranslation('essay')
  const { data: row } = useQuery(rowQuery(batchId, essay.fileUploadId))
  return (
    <>
      <p className={classes.facts}>
        <bdi translate="no">{essay.fileName}</bdi>
        {row?.archive === undefined ? null : (
          <>
            {' '}
            {t('file.in')} <bdi translate="no">{row.archive}</bdi>
          </>
        )}
        {row ? (
          <span className={classes.quiet}>
            {' · '}
            {t('file.received')} <Ago at={row.receivedAt} />
            {row.durationMs === null ? null : ` · ${t('file.took', { time: sayDuration(row.durationMs) })}`}
          </span>
        ) : null}
      </p>
      {row && row.remarks.length > 0 ? (
        <ul className={classes.remarks}>
          {row.remarks.map((remark) => (
            <li key={remark.code} translate="no">
              {remark.message}
            </li>
          ))}
        </ul>
      ) : null}
      <Group gap="md">
        <Button
          component="a"
          size="xs"
          variant="default"
          href={`/api/v1/files/${essay.fileUploadId}/original`}
          download
        >
          {t('file.original')}
        </Button>
        <Link to="/files/$fileUploadId/trace" params={{ fileUploadId: essay.fileUploadId }}>
          {t('file.trace')}
        </Link>
      </Group>
      <p className={classes.meaning}>{t('file.why')}</p>
      <details className={classes.ids}>
        <summary>{t('file.ids')}</summary>
        <CopyButton value={essay.essayId} label={t('file.copy-essay')} />
        <CopyButton value={essay.fileUploadId} label={t('file.copy-upload')} />
        <CopyButton value={batchId} label={t('file.copy-batch')} />
      </details>
    </>
  )
}
