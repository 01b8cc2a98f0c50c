import { Button, Stack, Text } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../../shared/api.ts'
import { useFieldErrors } from '../../shared/form.ts'
import { ProblemPanel } from '../../shared/ProblemPanel.tsx'
import { Door } from './Door.tsx'
import { NewPasswordInput } from './NewPasswordInput.tsx'
import { isBadLink, shortestPassword, tokenOfPage } from './token.ts'

/** Where the link of a forgotten password leads. */
export function Reset() {
  const { t } = useTranslation('sign-in')
  const [token] = useState(tokenOfPage)
  const [password, setPassword] = useState('')
  const fields = useFieldErrors(['password'])
  const reset = useMutation({
    mutationFn: () => api('POST', 'password-resets', { body: { token, password } }),
    onError: fields.showProblem,
  })
  if (reset.isSuccess)
    return (
      <Door title={t('reset.title')}>
        <Text role="status">{t('reset.done')}</Text>
        <Link to="/sign-in">{t('back')}</Link>
      </Door>
    )
  if (token === null || isBadLink(fields.failure))
    return (
      <Door title={token === null ? t('reset.title') : t('reset.bad')}>
        <Text>{token === null ? t('invitation.no-token') : t('reset.bad-why')}</Text>
        <Link to="/sign-in" search={{ forgot: true }}>
          {t('forgot')}
        </Link>
      </Door>
    )
  return (
    <Door title={t('reset.title')}>
      <form
        id={fields.id}
        noValidate
        onSubmit={(event) => {
          event.preventDefault()
          const short = password.length < shortestPassword
          if (!fields.show(short ? { password: t('short', { count: password.length }) } : {})) reset.mutate()
        }}
      >
        <Stack gap="md">
          {fields.failure ? <ProblemPanel error={fields.failure} thing={t('reset.failed')} /> : null}
          <NewPasswordInput
            label={t('reset.password')}
            value={password}
            error={fields.errors.password}
            onPassword={setPassword}
          />
          <Button type="submit" fullWidth loading={reset.isPending}>
            {t('reset.submit')}
          </Button>
        </Stack>
      </form>
    </Door>
  )
}
