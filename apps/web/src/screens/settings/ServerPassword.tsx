import { Button, Group, Stack, Text } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../../shared/api.ts'
import { useFieldErrors } from '../../shared/form.ts'
import { ProblemPanel } from '../../shared/ProblemPanel.tsx'
import { NewPasswordInput } from '../sign-in/NewPasswordInput.tsx'
import { SecretInput } from '../sign-in/SecretInput.tsx'
import { shortestPassword } from '../sign-in/token.ts'
import { Section } from './Section.tsx'
import classes from './settings.module.css'

/** On a server one changes one's password by saying the present one. */
export function ServerPassword() {
  const { t } = useTranslation(['settings', 'sign-in'])
  const [currentPassword, setCurrentPassword] = useState('')
  const [password, setPassword] = useState('')
  const fields = useFieldErrors(['currentPassword', 'password'])
  const change = useMutation({
    mutationFn: () => api('POST', 'me/password', { body: { currentPassword, password } }),
    onSuccess() {
      setCurrentPassword('')
      setPassword('')
    },
    onError: fields.showProblem,
  })
  return (
    <Section title={t('settings:password.title')}>
      <Text>{t('settings:password.server')}</Text>
      <div role="status" className={classes.said}>
        {change.isSuccess ? t('settings:password.changed') : null}
      </div>
      {fields.failure ? <ProblemPanel error={fields.failure} thing={t('settings:password.not-set')} /> : null}
      <form
        id={fields.id}
        noValidate
        onSubmit={(event) => {
          event.preventDefault()
          const wrong = fields.show({
            ...(currentPassword === '' ? { currentPassword: t('settings:password.need-present') } : {}),
            ...(password.length < shortestPassword
              ? { password: t('sign-in:short', { count: password.length }) }
              : {}),
          })
          if (!wrong) change.mutate()
        }}
      >
        <Stack gap="md" maw="26rem">
          <SecretInput
            name="currentPassword"
            label={t('settings:password.present')}
            autoComplete="current-password"
            maxLength={1000}
            value={currentPassword}
            error={fields.errors.currentPassword}
            onChange={(event) => setCurrentPassword(event.currentTarget.value)}
          />
          <NewPasswordInput
            label={t('settings:password.new')}
            value={password}
            error={fields.errors.password}
            onPassword={setPassword}
          />
          <Group gap="sm">
            <Button type="submit" loading={change.isPending}>
              {t('settings:password.change')}
            </Button>
          </Group>
          <Text size="sm" c="dimmed">
            {t('settings:password.ends')}
          </Text>
        </Stack>
      </form>
    </Section>
  )
}
