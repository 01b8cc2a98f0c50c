import { useTranslation } from 'react-i18next'
import type { ClassView, Spread } from '#contracts/results.ts'
import { sayAge, sayDecimal, sayInteger } from '../../shared/figures.ts'
import classes from './results.module.css'

/** Four figures of the class with what they mean, and of how many essays. */
export function Medians({ view }: { view: ClassView }) {
  const { t } = useTranslation('results')
  const { words, per100Words, readingGrade, wordsPerSentence } = view.spreads
  const age = (grade: number): string => sayAge(grade + 5)
  const middle = (spread: NonNullable<Spread>, say: (value: number) => string): string => {
    const [from, to] = [say(spread.lowerQuartile), say(spread.upperQuartile)]
    if (spread.count < 4) return t('median.range', { from: say(spread.low), to: say(spread.high) })
    return from === to ? t('median.middle-same', { from }) : t('median.middle', { from, to })
  }
  const entries: { name: string; value: string | null; meaning: string | null; count: number }[] = [
    {
      name: t('median.length'),
      value: words && t('unit.words', { count: words.median, value: sayInteger(words.median) }),
      meaning: words && middle(words, sayInteger),
      count: words?.count ?? 0,
    },
    {
      name: t('median.spelling'),
      value: per100Words && t('unit.per-100', { value: sayDecimal(per100Words.median) }),
      meaning:
        per100Words &&
        `${per100Words.median > 0 ? `${t('median.one-in', { value: sayInteger(100 / per100Words.median) })} ` : ''}${middle(per100Words, sayDecimal)}`,
      count: per100Words?.count ?? 0,
    },
    {
      name: t('median.reading'),
      value: readingGrade && t('unit.age', { value: age(readingGrade.median) }),
      meaning:
        readingGrade &&
        `${t('median.grade', { value: sayDecimal(readingGrade.median) })} ${middle(readingGrade, age)}`,
      count: readingGrade?.count ?? 0,
    },
    {
      name: t('median.sentences'),
      value: wordsPerSentence && t('unit.words-each', { value: sayDecimal(wordsPerSentence.median) }),
      meaning: wordsPerSentence && middle(wordsPerSentence, sayDecimal),
      count: wordsPerSentence?.count ?? 0,
    },
  ]
  return (
    <dl className={classes.medians}>
      {entries.map(({ name, value, meaning, count }) => (
        <div key={name} className={classes.card}>
          <dt>{name}</dt>
          <dd className={classes.value}>{value ?? '–'}</dd>
          <dd className={classes.quiet}>
            {meaning ?? t('median.unknown')}
            {value !== null && count < view.essays.length
              ? ` ${t('median.known', { count, value: sayInteger(count), of: sayInteger(view.essays.length) })}`
              : ''}
          </dd>
        </div>
      ))}
    </dl>
  )
}
