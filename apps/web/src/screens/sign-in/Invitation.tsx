import { Button, Loader, Stack, Text, TextInput } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Role } from '#contracts/identity.ts'
import { figuresLocale } from '../../locales/language.ts'
import { api } from '../../shared/api.ts'
import { useFieldErrors } from '../../shared/form.ts'
import { ProblemPanel } from '../../shared/ProblemPanel.tsx'
import { Door } from './Door.tsx'
import { useEnter } from './enter.ts'
import { NewPasswordInput } from './NewPasswordInput.tsx'
import { isBadLink, shortestPassword, tokenOfPage } from './token.ts'

interface Found {
  email: string
  schoolName: string
  roles: Role[]
}

/** Where an invitation's link leads: name and password, and one is in. */
export function Invitation() {
  const { t } = useTranslation('sign-in')
  const [token] = useState(tokenOfPage)
  const { data, error, refetch } = useQuery({
    queryKey: ['invitation'],
    queryFn: () => api<Found>('POST', 'invitations/look-up', { body: { token } }),
    enabled: token !== null,
    staleTime: Number.POSITIVE_INFINITY,
    refetchInterval: false,
  })
  if (token === null || (error && isBadLink(error)))
    return (
      <Door title={token === null ? t('invitation.title') : t('invitation.bad')}>
        <Text>{token === null ? t('invitation.no-token') : t('invitation.bad-why')}</Text>
        <Link to="/sign-in">{t('back')}</Link>
      </Door>
    )
  return (
    <Door title={t('invitation.title')}>
      {error && !data ? (
        <ProblemPanel error={error} thing={t('invitation.unreadable')} onRetry={() => void refetch()} />
      ) : null}
      {data ? (
        <Accept found={data} token={token} />
      ) : error ? null : (
        <Loader aria-label={t('invitation.reading')} />
      )}
    </Door>
  )
}

function Accept({ found, token }: { found: Found; token: string }) {
  const { t } = useTranslation('sign-in')
  const enter = useEnter()
  const [name, setName] = useState('')
  const [password, setPassword] = useState('')
  const fields = useFieldErrors(['name', 'password'])
  const accept = useMutation({
    mutationFn: () => api('POST', 'invitations/accept', { body: { token, name: name.trim(), password } }),
    onSuccess: () => enter(),
    onError: fields.showProblem,
  })
  const roles = new Intl.ListFormat(figuresLocale).format(found.roles.map((role) => t(`role.${role}`)))
  return (
    <form
      id={fields.id}
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        const wrong = fields.show({
          ...(name.trim() === '' ? { name: t('invitation.need-name') } : {}),
          ...(password.length < shortestPassword ? { password: t('short', { count: password.length }) } : {}),
        })
        if (!wrong) accept.mutate()
      }}
    >
      <Stack gap="md">
        <Text>{t('invitation.to', { school: found.schoolName, roles })}</Text>
        {fields.failure ? <ProblemPanel error={fields.failure} thing={t('invitation.failed')} /> : null}
        <TextInput
          name="email"
          type="email"
          label={t('email')}
          autoComplete="username"
          readOnly
          value={found.email}
        />
        <TextInput
          name="name"
          label={t('invitation.name')}
          description={t('invitation.name-why')}
          autoComplete="name"
          maxLength={200}
          value={name}
          error={fields.errors.name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <NewPasswordInput
          label={t('password')}
          value={password}
          error={fields.errors.password}
          onPassword={setPassword}
        />
        <Button type="submit" fullWidth loading={accept.isPending}>
          {t('invitation.submit')}
        </Button>
      </Stack>
    </form>
  )
}
