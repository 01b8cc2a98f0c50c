import { Group, Text, UnstyledButton } from '@mantine/core'
import { useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Hop } from '#contracts/trace.ts'
import { figuresLocale } from '../../locales/language.ts'
import { CopyButton } from '../../shared/CopyButton.tsx'
import { useServices } from '../../shared/services.ts'
import { Shape } from '../../shared/Shape.tsx'
import { sayDuration } from '../../shared/time.ts'
import classes from './trace.module.css'
import { eventWords, shapeOf, wordFor } from './words.ts'

const toTheSecond = new Intl.DateTimeFormat(figuresLocale, { timeStyle: 'medium' })
const exact = new Intl.DateTimeFormat(figuresLocale, {
  dateStyle: 'full',
  timeStyle: 'medium',
})

/** The time line: each hop with its time, what happened, who did it and how long after its cause. */
export function Hops({ hops }: { hops: readonly Hop[] }) {
  return (
    <ol className={classes.way}>
      {hops.map((hop) => (
        <HopRow key={hop.eventId} hop={hop} />
      ))}
    </ol>
  )
}

function HopRow({ hop }: { hop: Hop }) {
  const { t } = useTranslation('trace')
  const [open, setOpen] = useState(false)
  const facts = useId()
  const what = t(wordFor(eventWords, hop.event) ?? 'event.other')
  const { nameOf } = useServices()
  const after = hop.durationMs
  const at = new Date(hop.at)
  return (
    <li className={classes.hop}>
      <time className={classes.time} dateTime={hop.at} title={exact.format(at)}>
        {toTheSecond.format(at)}
      </time>
      <span className={classes.mark}>
        <Shape name={shapeOf(hop.event)} />
      </span>
      <div className={classes.what}>
        <Text fw={550}>{what}</Text>
        <Group gap="xs" c="dimmed" fz="sm">
          <span>{nameOf(hop.service)}</span>
          {after === null ? null : (
            <span>
              {t('after', {
                time: after < 1000 ? t('milliseconds', { value: Math.round(after) }) : sayDuration(after),
              })}
            </span>
          )}
          <UnstyledButton
            fz="sm"
            c="var(--accent)"
            td="underline"
            aria-expanded={open}
            aria-controls={facts}
            aria-label={t('details-of', { event: what })}
            onClick={() => setOpen(!open)}
          >
            {t('details')}
          </UnstyledButton>
        </Group>
        <div id={facts}>{open ? <Facts hop={hop} /> : null}</div>
      </div>
    </li>
  )
}

function Facts({ hop }: { hop: Hop }) {
  const { t } = useTranslation('trace')
  return (
    <>
      <dl className={classes.facts}>
        <dt>{t('machine.time')}</dt>
        <dd translate="no">{hop.at}</dd>
        <dt>{t('machine.event')}</dt>
        <dd translate="no" className={classes.code}>
          {hop.event}
        </dd>
        <dt>{t('machine.service')}</dt>
        <dd translate="no" className={classes.code}>
          {hop.service}
        </dd>
        <dt>{t('machine.event-id')}</dt>
        <dd translate="no" className={classes.code}>
          {hop.eventId}
        </dd>
        <dt>{t('machine.cause')}</dt>
        {hop.causationId === null ? (
          <dd>{t('machine.first')}</dd>
        ) : (
          <dd translate="no" className={classes.code}>
            {hop.causationId}
          </dd>
        )}
      </dl>
      <CopyButton value={hop.eventId} label={t('machine.copy')} />
    </>
  )
}
