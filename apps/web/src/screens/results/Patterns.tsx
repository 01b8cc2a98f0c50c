import { useState, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { ClassView } from '#contracts/results.ts'
import { sayInteger } from '../../shared/figures.ts'
import classes from './results.module.css'

interface Line {
  id: string
  essays: number
  times: number
  label: ReactNode
}

/** What the class has in common. */
export function Patterns({ view }: { view: ClassView }) {
  const { t } = useTranslation('results')
  const { misspelt, kinds, connectives, openings, hints, names } = view.patterns
  const spelling = view.done.spelling.succeeded
  const language = view.done.language.succeeded
  return (
    <>
      <div className={classes.patterns}>
        <PatternTable
          title={t('pattern.misspelt')}
          heading={t('pattern.written')}
          known={spelling}
          total={misspelt.total}
          none={t('pattern.no-misspelt')}
          lines={misspelt.items.map(({ written, suggestion, kind, essays, times }) => ({
            id: `${kind} ${written}`,
            essays,
            times,
            label: (
              <>
                <span translate="no">{written}</span>{' '}
                <span aria-hidden className={classes.quiet}>
                  →
                </span>{' '}
                {suggestion === null ? (
                  <span className={classes.quiet}>{t('pattern.no-suggestion')}</span>
                ) : (
                  <b translate="no">{suggestion}</b>
                )}
              </>
            ),
          }))}
        />
        <PatternTable
          title={t('pattern.hints')}
          heading={t('pattern.hint')}
          known={language}
          total={hints.total}
          none={t('pattern.no-hints')}
          lines={hints.items.map(({ rule, message, essays, times }) => ({
            id: rule,
            essays,
            times,
            label: <span translate="no">{message}</span>,
          }))}
        />
        <PatternTable
          title={t('pattern.connectives')}
          heading={t('pattern.connective')}
          known={language}
          total={connectives.length}
          none={t('pattern.no-connectives')}
          lines={connectives.map(({ kind, essays, times }) => ({
            id: kind,
            essays,
            times,
            label: t(`connective.${kind}`),
          }))}
        />
        <PatternTable
          title={t('pattern.kinds')}
          heading={t('pattern.kind')}
          known={spelling}
          total={kinds.length}
          none={t('pattern.no-misspelt')}
          lines={kinds.map(({ kind, essays, times }) => ({
            id: kind,
            essays,
            times,
            label: t(`kind.${kind}`),
          }))}
        />
        <PatternTable
          title={t('pattern.openings')}
          heading={t('pattern.opening')}
          known={language}
          total={openings.total}
          none={t('pattern.no-openings')}
          lines={openings.items.map(({ words, essays, times }) => ({
            id: words,
            essays,
            times,
            label: <q translate="no">{words} …</q>,
          }))}
        />
      </div>
      {names.items.length > 0 ? (
        <p className={classes.quiet}>
          {t('pattern.names')}{' '}
          <span translate="no">{names.items.map((name) => name.written).join(', ')}</span>
          {names.total > names.items.length
            ? ` ${t('pattern.and-more', { value: sayInteger(names.total - names.items.length) })}`
            : ''}
        </p>
      ) : null}
    </>
  )
}

const shortList = 8

function PatternTable({
  title,
  heading,
  known,
  total,
  none,
  lines,
}: {
  title: string
  heading: string
  /** Of how many essays this is known: a full bar is all of them. */
  known: number
  /** How many there are; the list may hold fewer. */
  total: number
  none: string
  lines: readonly Line[]
}) {
  const { t } = useTranslation('results')
  const [all, setAll] = useState(false)
  if (lines.length === 0)
    return (
      <section className={classes.card}>
        <h3>{title}</h3>
        <p className={classes.quiet}>{known > 0 ? none : t('pattern.unknown')}</p>
      </section>
    )
  const shown = all ? lines : lines.slice(0, shortList)
  return (
    <section className={classes.card}>
      <h3>{title}</h3>
      <table className={classes.pattern}>
        <caption className={classes.unseen}>{title}</caption>
        <thead>
          <tr>
            <th scope="col">{heading}</th>
            <th scope="col" className={classes.number}>
              {t('pattern.essays')}
            </th>
            <th scope="col" className={classes.number}>
              {t('pattern.times')}
            </th>
          </tr>
        </thead>
        <tbody>
          {shown.map(({ id, essays, times, label }) => (
            <tr key={id}>
              <th scope="row">{label}</th>
              <td className={classes.share}>
                <span aria-hidden className={classes.track}>
                  <span style={{ inlineSize: `${known > 0 ? (essays / known) * 100 : 0}%` }} />
                </span>
                {sayInteger(essays)}
              </td>
              <td className={classes.number}>{sayInteger(times)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {lines.length > shortList ? (
        <button type="button" className={classes.textButton} aria-expanded={all} onClick={() => setAll(!all)}>
          {all ? t('pattern.fewer') : t('pattern.more', { value: sayInteger(lines.length) })}
        </button>
      ) : null}
      {all && total > lines.length ? (
        <p className={classes.quiet}>{t('pattern.in-export', { value: sayInteger(total - lines.length) })}</p>
      ) : null}
    </section>
  )
}
