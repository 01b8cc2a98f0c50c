import { Button, Divider, Loader, Stack, Text } from '@mantine/core'
import { queryOptions, useMutation, useQuery } from '@tanstack/react-query'
import { Link, useSearch } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { SignInMethods } from '#contracts/identity.ts'
import { api } from '../../shared/api.ts'
import { isOwnPlace } from '../../shared/places.ts'
import { ProblemPanel } from '../../shared/ProblemPanel.tsx'
import { meQuery } from '../../shared/queries.ts'
import { Door } from './Door.tsx'
import { useEnter } from './enter.ts'
import { Forgot } from './Forgot.tsx'
import { PasswordForm } from './PasswordForm.tsx'

const methodsQuery = queryOptions({
  queryKey: ['sign-in-methods'],
  queryFn: ({ signal }) => api<SignInMethods>('GET', 'sign-in-methods', { signal }),
})

export function SignIn() {
  const { t } = useTranslation('sign-in')
  const { next, forgot } = useSearch({ from: '/sign-in' })
  const { data: methods, error, refetch } = useQuery(methodsQuery)
  const { data: me } = useQuery({ ...meQuery, retry: false })
  const enter = useEnter()
  const [email, setEmail] = useState('')
  useEffect(() => {
    // Signed in already, in another tab perhaps.
    if (me) enter(next)
  }, [me, next, enter])

  if (forgot) return <Forgot email={email} laptop={methods?.mode === 'laptop'} {...(next ? { next } : {})} />
  return (
    <Door title={methods?.mode === 'laptop' ? t('laptop-title') : t('title')}>
      {error && !methods ? (
        <ProblemPanel error={error} thing={t('unreachable')} onRetry={() => void refetch()} />
      ) : null}
      {methods ? (
        <Stack gap="md">
          {methods.ownerMayContinue ? <Owner onIn={() => enter(next)} /> : null}
          {methods.mode === 'laptop' && methods.password ? (
            <Text c="dimmed">{t('owner-password')}</Text>
          ) : null}
          {methods.password ? (
            <>
              <PasswordForm email={email} onEmail={setEmail} onIn={() => enter(next)} />
              <Link to="/sign-in" search={{ ...(next ? { next } : {}), forgot: true }}>
                {t('forgot')}
              </Link>
            </>
          ) : null}
          {methods.providers.length > 0 ? (
            <Providers providers={methods.providers} {...(next ? { next } : {})} />
          ) : null}
        </Stack>
      ) : error ? null : (
        <Loader aria-label={t('reading')} />
      )}
    </Door>
  )
}

function Owner({ onIn }: { onIn: () => void }) {
  const { t } = useTranslation('sign-in')
  const owner = useMutation({ mutationFn: () => api('POST', 'owner-session'), onSuccess: onIn })
  return (
    <>
      <Text>{t('owner-why')}</Text>
      {owner.error ? <ProblemPanel error={owner.error} thing={t('owner-failed')} /> : null}
      <Button size="md" fullWidth h="auto" py="sm" loading={owner.isPending} onClick={() => owner.mutate()}>
        <span style={{ whiteSpace: 'normal', lineHeight: 1.35 }}>{t('owner')}</span>
      </Button>
    </>
  )
}

/** The school's own sign-in: it answers with the address to go to, and leads back to the place asked for. */
function Providers({ providers, next }: { providers: SignInMethods['providers']; next?: string }) {
  const { t } = useTranslation('sign-in')
  const go = useMutation({
    mutationFn: (providerId: string) =>
      api<{ url: string }>('POST', '/api/auth/sign-in/sso', {
        body: {
          providerId,
          callbackURL: isOwnPlace(next) ? next : '/',
          errorCallbackURL: '/sign-in',
        },
      }),
    onSuccess: ({ url }) => location.assign(url),
  })
  return (
    <>
      <Divider label={t('or')} />
      {go.error ? <ProblemPanel error={go.error} thing={t('failed')} /> : null}
      {providers.map(({ providerId, name }) => (
        <Button
          key={providerId}
          variant="default"
          fullWidth
          loading={go.isPending}
          onClick={() => go.mutate(providerId)}
        >
          {t('with', { provider: name })}
        </Button>
      ))}
    </>
  )
}
