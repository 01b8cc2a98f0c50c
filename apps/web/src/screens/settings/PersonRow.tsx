import { Button, Checkbox, Group, Text } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { ChangePerson, PersonView, Role } from '#contracts/identity.ts'
import { api } from '../../shared/api.ts'
import { useClock } from '../../shared/clock.ts'
import { ProblemPanel } from '../../shared/ProblemPanel.tsx'
import { Shape } from '../../shared/Shape.tsx'
import { sayAgo } from '../../shared/time.ts'
import { OneTime, type Link } from './OneTime.tsx'
import classes from './settings.module.css'
import { roles, useRoles } from './words.ts'

export function PersonRow({
  person,
  mine,
  laptop,
  busy,
  error,
  onChange,
}: {
  person: PersonView
  mine: boolean
  laptop: boolean
  busy: boolean
  error: unknown
  onChange: (to: ChangePerson) => void
}) {
  const { t } = useTranslation('settings')
  const { sayRole, sayRoles } = useRoles()
  const now = useClock()
  const [open, setOpen] = useState(false)
  const link = useMutation({
    mutationFn: () => api<Link>('POST', `people/${person.userId}/password-reset`),
  })
  const { name } = person
  const [roleless, setRoleless] = useState(false)
  const choose = (chosen: string[]): void => {
    setRoleless(chosen.length === 0)
    if (chosen.length > 0) onChange({ roles: roles.filter((role) => chosen.includes(role)) satisfies Role[] })
  }
  return (
    <li className={classes.item}>
      <div className={classes.what}>
        <Text fw={550}>
          <span translate="no">{name}</span>
          {mine ? ` (${t('people.you')})` : ''}
        </Text>
        <Text size="sm" translate="no">
          {person.email}
        </Text>
        <Group gap="xs" fz="sm" c="dimmed">
          <span>{sayRoles(person.roles)}</span>
          {person.disabled ? (
            <Group gap={4}>
              <Shape name="removed" size={12} />
              {t('people.disabled')}
            </Group>
          ) : null}
          <span>
            {person.lastSeenAt
              ? t('people.seen', { ago: sayAgo(new Date(person.lastSeenAt), now) })
              : t('people.never')}
          </span>
        </Group>
      </div>
      {laptop ? null : (
        <Group gap="xs">
          <Button
            size="xs"
            variant="default"
            aria-expanded={open}
            aria-label={t(open ? 'people.done-of' : 'people.change-roles-of', { name })}
            onClick={() => setOpen(!open)}
          >
            {open ? t('people.done') : t('people.change-roles')}
          </Button>
          <Button
            size="xs"
            variant="default"
            loading={link.isPending}
            aria-label={t('people.link-of', { name })}
            onClick={() => link.mutate()}
          >
            {t('people.link')}
          </Button>
          {mine ? null : (
            <Button
              size="xs"
              variant="default"
              disabled={busy}
              aria-label={t(person.disabled ? 'people.enable-name' : 'people.disable-name', { name })}
              onClick={() => onChange({ disabled: !person.disabled })}
            >
              {t(person.disabled ? 'people.enable' : 'people.disable')}
            </Button>
          )}
        </Group>
      )}
      {open ? (
        <Checkbox.Group
          className={classes.wide}
          label={t('people.roles-of', { name })}
          value={[...person.roles]}
          onChange={choose}
          {...(roleless ? { error: t('people.one-role') } : {})}
        >
          <Group gap="md" mt="xs">
            {roles.map((role) => (
              <Checkbox key={role} value={role} label={sayRole(role)} disabled={busy} />
            ))}
          </Group>
        </Checkbox.Group>
      ) : null}
      {error ? (
        <div className={classes.wide}>
          <ProblemPanel error={error} thing={t('people.not-changed', { name })} />
        </div>
      ) : null}
      {link.error ? (
        <div className={classes.wide}>
          <ProblemPanel error={link.error} thing={t('people.link-failed')} />
        </div>
      ) : null}
      {link.data ? (
        <div className={classes.wide}>
          <OneTime link={link.data} email={person.email} onClose={link.reset} />
        </div>
      ) : null}
    </li>
  )
}
