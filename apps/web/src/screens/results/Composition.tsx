import { useTranslation } from 'react-i18next'
import type { ClassView } from '#contracts/results.ts'
import { sayBytes, sayInteger } from '../../shared/figures.ts'
import classes from './results.module.css'

const bands = [0, 100, 200, 300, 400, 500, 750, 1000, 1500, 2000, 3000, 5000, 10_000, Infinity] as const

/** How many essays are how long, in the bands between the shortest and the longest. */
function lengthsOf({ essays }: ClassView): { from: number; to: number; essays: number }[] {
  const counted = bands.slice(0, -1).map((from, i) => {
    const to = bands[i + 1]!
    return { from, to, essays: essays.filter(({ words }) => words >= from && words < to).length }
  })
  const first = counted.findIndex((band) => band.essays > 0)
  const last = counted.findLastIndex((band) => band.essays > 0)
  return first < 0 ? [] : counted.slice(first, last + 1)
}

/** What the batch is made of: formats, lengths, language, sizes. */
export function Composition({ view }: { view: ClassView }) {
  const { t } = useTranslation('results')
  const { formats, sizeBytes } = view.composition
  return (
    <div className={classes.patterns}>
      <Counts
        title={t('composition.formats')}
        heading={t('composition.format')}
        of={view.essays.length}
        lines={formats.map(({ format, files }) => ({
          id: format,
          label: t(`format.${format as 'docx'}`, { defaultValue: format }),
          count: files,
        }))}
      />
      <Counts
        title={t('composition.lengths')}
        heading={t('composition.words')}
        of={view.essays.length}
        lines={lengthsOf(view).map(({ from, to, essays }) => ({
          id: String(from),
          label:
            to === Infinity
              ? t('composition.from', { from: sayInteger(from) })
              : t('composition.between', { from: sayInteger(from), to: sayInteger(to - 1) }),
          count: essays,
        }))}
      />
      <section className={classes.card}>
        <h3>{t('composition.rest')}</h3>
        <dl className={classes.rest}>
          <dt>{t('composition.total')}</dt>
          <dd>{t('unit.words', { count: view.totalWords, value: sayInteger(view.totalWords) })}</dd>
          <dt>{t('composition.language')}</dt>
          <dd>{t(`locale.${view.locale as 'en-GB'}`, { defaultValue: view.locale })}</dd>
          {sizeBytes ? (
            <>
              <dt>{t('composition.sizes')}</dt>
              <dd>
                {t('composition.size', {
                  median: sayBytes(sizeBytes.median),
                  low: sayBytes(sizeBytes.low),
                  high: sayBytes(sizeBytes.high),
                })}
              </dd>
            </>
          ) : null}
        </dl>
      </section>
    </div>
  )
}

function Counts({
  title,
  heading,
  of,
  lines,
}: {
  title: string
  heading: string
  of: number
  lines: readonly { id: string; label: string; count: number }[]
}) {
  const { t } = useTranslation('results')
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
          </tr>
        </thead>
        <tbody>
          {lines.map(({ id, label, count }) => (
            <tr key={id}>
              <th scope="row">{label}</th>
              <td className={classes.share}>
                <span aria-hidden className={classes.track}>
                  <span style={{ inlineSize: `${of > 0 ? (count / of) * 100 : 0}%` }} />
                </span>
                {sayInteger(count)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}
