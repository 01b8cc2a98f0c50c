import { Button, Loader, Text } from '@mantine/core'
import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import type { ChangePerson, Me, PersonView } from '#contracts/identity.ts'
import { api, type PageOf } from '../../shared/api.ts'
import { ProblemPanel } from '../../shared/ProblemPanel.tsx'
import { offerUndo } from '../../shared/undo.tsx'
import { PersonRow } from './PersonRow.tsx'
import { Section } from './Section.tsx'
import classes from './settings.module.css'
import { useRoles } from './words.ts'

const key = ['people']

/** The people of the school: their roles, whether they may sign in, and a link for a new password. */
export function People({ me }: { me: Me }) {
  const { t } = useTranslation('settings')
  const { sayRoles } = useRoles()
  const queries = useQueryClient()
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery({
    queryKey: key,
    queryFn: ({ pageParam, signal }) =>
      api<PageOf<PersonView>>(
        'GET',
        `people?limit=100${pageParam ? `&cursor=${encodeURIComponent(pageParam)}` : ''}`,
        { signal },
      ),
    initialPageParam: null as string | null,
    getNextPageParam: ({ nextCursor }) => nextCursor,
    refetchInterval: false,
  })
  const refresh = (): Promise<void> => queries.invalidateQueries({ queryKey: key })
  const change = useMutation({
    mutationFn: ({ person, to }: { person: PersonView; to: ChangePerson }) =>
      api<PersonView>('PATCH', `people/${person.userId}`, { body: to }),
    onSuccess(_, { person, to }) {
      const undo = (): void =>
        change.mutate({
          person,
          to: to.roles ? { roles: person.roles } : { disabled: person.disabled },
        })
      const { name } = person
      offerUndo(
        to.roles
          ? t('people.roles-now', { name, roles: sayRoles(to.roles) })
          : to.disabled
            ? t('people.disabled-now', { name })
            : t('people.enabled-now', { name }),
        undo,
      )
    },
    onSettled: refresh,
  })
  const people = data?.pages.flatMap(({ items }) => items) ?? []
  return (
    <Section title={t('people.title')}>
      {error && !data ? (
        <ProblemPanel error={error} thing={t('people.failed')} onRetry={() => void refetch()} />
      ) : null}
      {!data && !error ? <Loader aria-label={t('reading')} /> : null}
      {me.mode === 'laptop' ? <Text c="dimmed">{t('people.laptop')}</Text> : null}
      {data ? (
        <ul className={classes.list}>
          {people.map((person) => (
            <PersonRow
              key={person.userId}
              person={person}
              mine={person.userId === me.userId}
              laptop={me.mode === 'laptop'}
              busy={change.isPending}
              error={change.variables?.person.userId === person.userId ? change.error : null}
              onChange={(to) => change.mutate({ person, to })}
            />
          ))}
        </ul>
      ) : null}
      {hasNextPage ? (
        <Button variant="default" loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>
          {t('people.more')}
        </Button>
      ) : null}
    </Section>
  )
}
