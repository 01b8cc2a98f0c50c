import { Button, Stack, Text, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../../shared/api.ts'
import { useFieldErrors } from '../../shared/form.ts'
import { ProblemPanel } from '../../shared/ProblemPanel.tsx'
import { Door } from './Door.tsx'

/** Asks for a link. The answer is the same for everybody: it does not tell who has an account. */
export function Forgot({ email: typed, laptop, next }: { email: string; laptop: boolean; next?: string }) {
  const { t } = useTranslation('sign-in')
  const [email, setEmail] = useState(typed)
  const fields = useFieldErrors(['email'])
  const ask = useMutation({
    mutationFn: () => api('POST', 'password-resets/request', { body: { email: email.trim() } }),
    onError: fields.showProblem,
  })
  return (
    <Door title={t('forgot-title')}>
      <div role="status">{ask.isSuccess ? <Text>{t('forgot-sent')}</Text> : null}</div>
      {ask.isSuccess ? null : (
        <form
          id={fields.id}
          noValidate
          onSubmit={(event) => {
            event.preventDefault()
            if (!fields.show(email.trim() === '' ? { email: t('need-email') } : {})) ask.mutate()
          }}
        >
          <Stack gap="md">
            <Text>{t('forgot-why')}</Text>
            {laptop ? <Text c="dimmed">{t('forgot-laptop')}</Text> : null}
            {fields.failure ? <ProblemPanel error={fields.failure} thing={t('forgot-failed')} /> : null}
            <TextInput
              name="email"
              type="email"
              label={t('email')}
              autoComplete="username"
              inputMode="email"
              value={email}
              error={fields.errors.email}
              onChange={(event) => setEmail(event.currentTarget.value)}
            />
            <Button type="submit" fullWidth loading={ask.isPending}>
              {t('forgot-submit')}
            </Button>
          </Stack>
        </form>
      )}
      <Link to="/sign-in" search={next ? { next } : {}}>
        {t('back')}
      </Link>
    </Door>
  )
}
