import { Button, Checkbox, Group, Loader, Stack, Text, TextInput } from '@mantine/core'
import { queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { InvitationView } from '#contracts/identity.ts'
import { api, asProblem, pages } from '../../shared/api.ts'
import { useClock } from '../../shared/clock.ts'
import { useFieldErrors } from '../../shared/form.ts'
import { ProblemPanel } from '../../shared/ProblemPanel.tsx'
import { sayAgo } from '../../shared/time.ts'
import { OneTime, type Link } from './OneTime.tsx'
import { Section } from './Section.tsx'
import classes from './settings.module.css'
import { roles, sayDate, useRoles } from './words.ts'

const invitationsQuery = queryOptions({
  queryKey: ['invitations'],
  async queryFn({ signal }) {
    const all: InvitationView[] = []
    for await (const items of pages<InvitationView>('invitations', signal)) all.push(...items)
    return all
  },
  refetchInterval: false,
})

/** Invites people, and shows who has not answered yet. */
export function Invitations() {
  const { t } = useTranslation('settings')
  const { sayRole, sayRoles } = useRoles()
  const queries = useQueryClient()
  const now = useClock()
  const [email, setEmail] = useState('')
  const [chosen, setChosen] = useState<string[]>(['teacher'])
  const [made, setMade] = useState<(Link & { email: string }) | null>(null)
  const [said, setSaid] = useState('')
  const fields = useFieldErrors(['email', 'roles'])
  const { data, error, refetch } = useQuery(invitationsQuery)
  const refresh = (): Promise<void> => queries.invalidateQueries({ queryKey: invitationsQuery.queryKey })
  const invite = useMutation({
    mutationFn: () =>
      api<Link & InvitationView>('POST', 'invitations', { body: { email: email.trim(), roles: chosen } }),
    async onSuccess(invited) {
      setMade(invited)
      setEmail('')
      setSaid('')
      await refresh()
    },
    onError: (error) => {
      const problem = asProblem(error)
      if (problem.code === 'email-taken') fields.show({ email: problem.message })
      else fields.showProblem(error)
    },
  })
  const withdraw = useMutation({
    mutationFn: ({ invitationId }: InvitationView) => api('DELETE', `invitations/${invitationId}`),
    async onSuccess(_, invitation) {
      setSaid(t('invitations.withdrawn', { email: invitation.email }))
      if (made?.email === invitation.email) setMade(null)
      await refresh()
    },
  })
  return (
    <Section title={t('invitations.title')}>
      {fields.failure ? <ProblemPanel error={fields.failure} thing={t('invitations.not-invited')} /> : null}
      <form
        id={fields.id}
        noValidate
        onSubmit={(event) => {
          event.preventDefault()
          const wrong = fields.show({
            ...(email.trim() === '' ? { email: t('invitations.need-email') } : {}),
            ...(chosen.length === 0 ? { roles: t('invitations.need-role') } : {}),
          })
          if (!wrong) invite.mutate()
        }}
      >
        <Stack gap="md" maw="32rem">
          <TextInput
            name="email"
            type="email"
            label={t('invitations.email')}
            autoComplete="off"
            value={email}
            error={fields.errors.email}
            onChange={(event) => setEmail(event.currentTarget.value)}
          />
          <Checkbox.Group
            label={t('invitations.roles')}
            value={chosen}
            error={fields.errors.roles}
            onChange={setChosen}
          >
            <Group gap="md" mt="xs">
              {roles.map((role) => (
                <Checkbox key={role} name="roles" value={role} label={sayRole(role)} />
              ))}
            </Group>
          </Checkbox.Group>
          <Group>
            <Button type="submit" loading={invite.isPending}>
              {t('invitations.invite')}
            </Button>
          </Group>
        </Stack>
      </form>
      {made ? <OneTime link={made} email={made.email} onClose={() => setMade(null)} /> : null}
      <div role="status" className={classes.said}>
        {said}
      </div>
      {withdraw.error ? <ProblemPanel error={withdraw.error} thing={t('invitations.not-withdrawn')} /> : null}
      {error && !data ? (
        <ProblemPanel error={error} thing={t('invitations.failed')} onRetry={() => void refetch()} />
      ) : null}
      {!data && !error ? <Loader aria-label={t('reading')} /> : null}
      {data?.length === 0 ? <Text c="dimmed">{t('invitations.none')}</Text> : null}
      {data && data.length > 0 ? (
        <ul className={classes.list}>
          {data.map((invitation) => (
            <li key={invitation.invitationId} className={classes.item}>
              <div className={classes.what}>
                <Text fw={550} translate="no">
                  {invitation.email}
                </Text>
                <Group gap="xs" fz="sm" c="dimmed">
                  <span>{sayRoles(invitation.roles)}</span>
                  <span>
                    {t('invitations.by', {
                      name: invitation.invitedBy,
                      ago: sayAgo(new Date(invitation.createdAt), now),
                      date: sayDate(invitation.expiresAt),
                    })}
                  </span>
                </Group>
              </div>
              <Button
                size="xs"
                variant="default"
                disabled={withdraw.isPending}
                aria-label={t('invitations.withdraw-of', { email: invitation.email })}
                onClick={() => withdraw.mutate(invitation)}
              >
                {t('invitations.withdraw')}
              </Button>
            </li>
          ))}
        </ul>
      ) : null}
    </Section>
  )
}
