import { Paper, Stack, Title } from '@mantine/core'
import { Fragment } from 'react'
import { useTranslation } from 'react-i18next'
import type { SystemStatus } from '#contracts/status.ts'
import { figuresLocale } from '../../locales/language.ts'
import { sayBytes, sayNumber } from './figures.ts'
import classes from './status.module.css'

const exact = new Intl.DateTimeFormat(figuresLocale, { dateStyle: 'long', timeStyle: 'short' })

/** Version, uptime, database, disk and jobs. */
export function Program({ status }: { status: SystemStatus }) {
  const { t } = useTranslation('status')
  const { database, disk, jobs } = status
  return (
    <Paper withBorder bg="var(--paper)" p="lg" component="section" aria-labelledby="program">
      <Stack gap="md">
        <Title order={2} id="program">
          {t('program.title')}
        </Title>
        <dl className={classes.facts}>
          <dt>{t('program.version')}</dt>
          <dd translate="no">{status.version}</dd>
          <dt>{t('program.since')}</dt>
          <dd translate="no">{exact.format(new Date(status.startedAt))}</dd>
          <dt>{t('program.mode')}</dt>
          <dd>{t(`program.${status.mode}`)}</dd>
          <dt>{t('program.database')}</dt>
          <dd>
            {database
              ? t(database.embedded ? 'program.embedded' : 'program.own', {
                  version: database.version.split(' ')[0],
                  size: sayBytes(database.sizeBytes),
                })
              : t('program.unknown')}
          </dd>
          {disk ? (
            <>
              <dt>{t('program.disk')}</dt>
              <dd>
                {t('program.free', {
                  free: sayBytes(disk.freeBytes),
                  total: sayBytes(disk.totalBytes),
                  folder: disk.folder,
                })}
              </dd>
            </>
          ) : null}
          <dt>{t('program.jobs')}</dt>
          <dd>
            {t('program.jobs-said', {
              waiting: sayNumber(jobs.waiting),
              running: sayNumber(jobs.running),
              failed: sayNumber(jobs.failed),
            })}
          </dd>
          {status.off.map(({ part, loses, remedy }) => (
            <Fragment key={part}>
              <dt>{t('program.off')}</dt>
              <dd translate="no">
                {loses} {remedy}
              </dd>
            </Fragment>
          ))}
        </dl>
      </Stack>
    </Paper>
  )
}
