import { NativeSelect, Stack, Text, Title } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useId } from 'react'
import { useTranslation } from 'react-i18next'
import type { SchoolView } from '#contracts/identity.ts'
import { api } from '../../shared/api.ts'
import { ProblemPanel } from '../../shared/ProblemPanel.tsx'
import { batchesQuery, schoolQuery } from '../../shared/queries.ts'
import { offerUndo } from '../../shared/undo.tsx'
import { Section } from './Section.tsx'
import classes from './settings.module.css'
import { sayDate } from './words.ts'

const year = 365
const choices = [30, 90, 180, year, 2 * year, 5 * year]

/** How long batches are kept, and which are removed soon because of it. */
export function Keep({ school }: { school: SchoolView }) {
  const { t } = useTranslation('settings')
  const announced = useId()
  const queries = useQueryClient()
  const { data: batches, error, refetch } = useQuery(batchesQuery)
  const say = (days: number): string =>
    days % year === 0 ? t('keep.year', { count: days / year }) : t('keep.days', { count: days })
  const save = useMutation({
    mutationFn: (keepDays: number | null) => api<SchoolView>('PATCH', 'school', { body: { keepDays } }),
    onSuccess(saved) {
      const before = school.keepDays
      queries.setQueryData(schoolQuery.queryKey, saved)
      offerUndo(
        saved.keepDays === null ? t('keep.now-ever') : t('keep.now', { time: say(saved.keepDays) }),
        () => save.mutate(before),
      )
    },
  })
  const { keepDays } = school
  const offered =
    keepDays === null || choices.includes(keepDays)
      ? choices
      : [...choices, keepDays].toSorted((a, b) => a - b)
  const soon = (batches ?? [])
    .flatMap((batch) => (batch.eraseOn ? [{ ...batch, eraseOn: batch.eraseOn }] : []))
    .toSorted((a, b) => a.eraseOn.localeCompare(b.eraseOn))
  return (
    <Section title={t('keep.title')}>
      {save.error ? <ProblemPanel error={save.error} thing={t('keep.not-saved')} /> : null}
      <NativeSelect
        maw="32rem"
        label={t('keep.label')}
        description={t('keep.why')}
        value={keepDays === null ? '' : String(keepDays)}
        disabled={save.isPending}
        onChange={({ currentTarget: { value } }) => save.mutate(value === '' ? null : Number(value))}
        data={[
          { value: '', label: t('keep.ever') },
          ...offered.map((days) => ({ value: String(days), label: say(days) })),
        ]}
      />
      <Stack gap="xs" component="section" aria-labelledby={announced}>
        <Title order={3} fz="md" id={announced}>
          {t('keep.announced')}
        </Title>
        {error && !batches ? (
          <ProblemPanel error={error} thing={t('keep.failed')} onRetry={() => void refetch()} />
        ) : null}
        {batches && soon.length === 0 ? <Text c="dimmed">{t('keep.none')}</Text> : null}
        {soon.length > 0 ? (
          <ul className={classes.list}>
            {soon.map(({ batchId, title, eraseOn }) => (
              <li key={batchId} className={classes.item}>
                <span className={classes.what}>
                  <Link to="/batches/$batchId" params={{ batchId }} translate="no">
                    {title}
                  </Link>{' '}
                  {t('keep.on', { date: sayDate(eraseOn) })}
                </span>
              </li>
            ))}
          </ul>
        ) : null}
      </Stack>
    </Section>
  )
}
