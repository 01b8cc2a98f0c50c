import { Button, Stack, Text, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { asProblem } from '../../shared/api.ts'
import { useFieldErrors } from '../../shared/form.ts'
import { ProblemPanel } from '../../shared/ProblemPanel.tsx'
import { sayClock } from '../../shared/time.ts'
import { signInWithPassword } from './enter.ts'
import { SecretInput } from './SecretInput.tsx'

/** Email and password. What was typed stays after an error. */
export function PasswordForm({
  email,
  onEmail,
  onIn,
}: {
  email: string
  onEmail: (email: string) => void
  onIn: () => void
}) {
  const { t } = useTranslation('sign-in')
  const [password, setPassword] = useState('')
  const [locked, setLocked] = useState('')
  const fields = useFieldErrors(['email', 'password'])
  const signIn = useMutation({
    mutationFn: () => signInWithPassword(email.trim(), password),
    onSuccess: onIn,
    onError: (error) => {
      const problem = asProblem(error)
      if (problem.status === 401) fields.show({ password: t('wrong') })
      else if (problem.status === 429) {
        const wait = problem.details.retryAfterSeconds
        setLocked(
          typeof wait === 'number'
            ? t('locked', { time: sayClock(new Date(Date.now() + Math.ceil(wait / 60) * 60_000)) })
            : t('locked-soon'),
        )
        fields.clear()
      } else fields.showProblem(error)
    },
  })
  return (
    <form
      id={fields.id}
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        setLocked('')
        const missing = fields.show({
          ...(email.trim() === '' ? { email: t('need-email') } : {}),
          ...(password === '' ? { password: t('need-password') } : {}),
        })
        if (!missing) signIn.mutate()
      }}
    >
      <Stack gap="md">
        <div role="alert">{locked === '' ? null : <Text c="var(--attention)">{locked}</Text>}</div>
        {fields.failure ? <ProblemPanel error={fields.failure} thing={t('failed')} /> : null}
        <TextInput
          name="email"
          type="email"
          label={t('email')}
          autoComplete="username"
          inputMode="email"
          value={email}
          error={fields.errors.email}
          onChange={(event) => onEmail(event.currentTarget.value)}
        />
        <SecretInput
          name="password"
          label={t('password')}
          autoComplete="current-password"
          value={password}
          error={fields.errors.password}
          onChange={(event) => setPassword(event.currentTarget.value)}
        />
        <Button type="submit" fullWidth loading={signIn.isPending}>
          {t('submit')}
        </Button>
      </Stack>
    </form>
  )
}
