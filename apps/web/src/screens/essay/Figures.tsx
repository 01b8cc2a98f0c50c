import { useTranslation } from 'react-i18next'
import type { ClassEssay, ClassView, EssayResult } from '#contracts/results.ts'
import { sayAge, sayDecimal, sayInteger } from '../../shared/figures.ts'
import classes from './essay.module.css'

interface Line {
  name: string
  value: string | null
  /** What it means, in a sentence. */
  meaning: string | null
  median: string | null
}

/** The figures of an essay in words, the middle of its class beside each. */
export function Figures({
  essay,
  line,
  view,
}: {
  essay: EssayResult
  /** The essay's own line of the class view; null while that is not there. */
  line: ClassEssay | null
  view: ClassView | null
}) {
  const { t } = useTranslation('essay')
  const { metrics } = essay.language
  const per100 = line?.per100Words ?? null
  const age = line?.readingAge ?? null
  const grade = line?.readingGrade ?? null
  const spreads = view?.spreads
  const median = (spread: { median: number } | null | undefined, say: (value: number) => string) =>
    spread ? say(spread.median) : null
  const lines: Line[] = [
    {
      name: t('figures.length'),
      value: t('figures.words', { count: essay.words, value: sayInteger(essay.words) }),
      meaning: metrics
        ? t('figures.length-meaning', {
            sentences: t('figures.sentences', {
              count: metrics.sentences,
              value: sayInteger(metrics.sentences),
            }),
            paragraphs: t('figures.paragraphs', {
              count: metrics.paragraphs,
              value: sayInteger(metrics.paragraphs),
            }),
          })
        : null,
      median: median(spreads?.words, sayInteger),
    },
    {
      name: t('figures.spelling'),
      value: per100 === null ? null : t('figures.per-100', { value: sayDecimal(per100) }),
      meaning:
        per100 === null
          ? null
          : per100 === 0
            ? t('figures.none-misspelt')
            : t('figures.one-in', { value: sayInteger(100 / per100) }),
      median: median(spreads?.per100Words, sayDecimal),
    },
    {
      name: t('figures.reading'),
      value: age === null ? null : t('figures.age', { age: sayAge(age) }),
      meaning: grade === null ? null : t('figures.reading-meaning', { grade: sayDecimal(grade) }),
      median: median(spreads?.readingGrade, (value) => t('figures.age', { age: sayAge(value + 5) })),
    },
    {
      name: t('figures.sentence'),
      value:
        metrics?.wordsPerSentence == null
          ? null
          : t('figures.words-each', { value: sayDecimal(metrics.wordsPerSentence) }),
      meaning: metrics ? t('figures.longest', { value: sayInteger(metrics.longestSentenceWords) }) : null,
      median: median(spreads?.wordsPerSentence, sayDecimal),
    },
    {
      name: t('figures.vocabulary'),
      value: line?.diversity == null ? null : t('figures.mtld', { value: sayInteger(line.diversity) }),
      meaning:
        line?.diversity == null ? null : t('figures.mtld-meaning', { value: sayInteger(line.diversity) }),
      median: median(spreads?.diversity, sayInteger),
    },
  ]
  return (
    <table className={classes.figures}>
      <caption className={classes.unseen}>{t('figures.title')}</caption>
      <thead>
        <tr>
          <th scope="col">{t('figures.figure')}</th>
          <th scope="col">{t('figures.this')}</th>
          <th scope="col">{t('figures.median')}</th>
        </tr>
      </thead>
      <tbody>
        {lines.map(({ name, value, meaning, median: middle }) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            <td>
              {value ?? <span className={classes.quiet}>{t('figures.unknown')}</span>}
              {meaning ? <div className={classes.meaning}>{meaning}</div> : null}
            </td>
            <td className={classes.quiet}>{middle ?? '–'}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

/** Words that tie sentences together, and openings that come again. */
export function Habits({ essay }: { essay: EssayResult }) {
  const { t } = useTranslation('essay')
  const { metrics } = essay.language
  if (!metrics) return null
  const used = (Object.keys(metrics.connectives) as (keyof typeof metrics.connectives)[]).filter(
    (kind) => metrics.connectives[kind] > 0,
  )
  return (
    <dl className={classes.habits}>
      <dt>{t('habits.connectives')}</dt>
      <dd>
        {used.length === 0
          ? t('habits.no-connectives')
          : used
              .map((kind) =>
                t('habits.kind', {
                  kind: t(`connective.${kind}`),
                  value: sayInteger(metrics.connectives[kind]),
                }),
              )
              .join(' · ')}
      </dd>
      <dt>{t('habits.openings')}</dt>
      <dd>
        {metrics.repeatedOpenings.length === 0
          ? t('habits.no-openings')
          : metrics.repeatedOpenings.map(({ words, count }, i) => (
              <span key={words}>
                {i > 0 ? ' · ' : ''}
                <q translate="no">{words} …</q> {t('habits.times', { count })}
              </span>
            ))}
      </dd>
    </dl>
  )
}
