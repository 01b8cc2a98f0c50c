import { Button, Group, Stack, Text, TextInput } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Me } from '#contracts/identity.ts'
import { api, asProblem } from '../../shared/api.ts'
import { useFieldErrors } from '../../shared/form.ts'
import { ProblemPanel } from '../../shared/ProblemPanel.tsx'
import { meQuery } from '../../shared/queries.ts'
import { NewPasswordInput } from '../sign-in/NewPasswordInput.tsx'
import { shortestPassword } from '../sign-in/token.ts'
import { Section } from './Section.tsx'
import classes from './settings.module.css'

/** The password of a laptop's owner: set, changed, taken away. */
export function LaptopPassword({ me }: { me: Me }) {
  const { t } = useTranslation(['settings', 'sign-in'])
  const queries = useQueryClient()
  const [email, setEmail] = useState(me.email ?? '')
  const [password, setPassword] = useState('')
  const [removed, setRemoved] = useState(false)
  const fields = useFieldErrors(['email', 'password'])
  const refresh = () => queries.invalidateQueries({ queryKey: meQuery.queryKey })
  const set = useMutation({
    mutationFn: () => api('POST', 'owner-password', { body: { email: email.trim(), password } }),
    async onSuccess() {
      setPassword('')
      setRemoved(false)
      await refresh()
    },
    onError: (error) => {
      const problem = asProblem(error)
      if (problem.code === 'email-taken') fields.show({ email: problem.message })
      else fields.showProblem(error)
    },
  })
  const remove = useMutation({
    mutationFn: () => api('DELETE', 'owner-password'),
    async onSuccess() {
      setRemoved(true)
      await refresh()
    },
  })
  return (
    <Section title={t('settings:password.title')}>
      <Text>{me.hasPassword ? t('settings:password.laptop-set') : t('settings:password.laptop-none')}</Text>
      <div role="status" className={classes.said}>
        {removed && !me.hasPassword ? t('settings:password.removed') : null}
        {set.isSuccess && me.hasPassword ? t('settings:saved') : null}
      </div>
      {remove.error ? <ProblemPanel error={remove.error} thing={t('settings:password.not-removed')} /> : null}
      {fields.failure ? <ProblemPanel error={fields.failure} thing={t('settings:password.not-set')} /> : null}
      <form
        id={fields.id}
        noValidate
        onSubmit={(event) => {
          event.preventDefault()
          const wrong = fields.show({
            ...(email.trim() === '' ? { email: t('sign-in:need-email') } : {}),
            ...(password.length < shortestPassword
              ? { password: t('sign-in:short', { count: password.length }) }
              : {}),
          })
          if (!wrong) set.mutate()
        }}
      >
        <Stack gap="md" maw="26rem">
          <TextInput
            name="email"
            type="email"
            label={t('sign-in:email')}
            description={t('settings:password.email-why')}
            autoComplete="username"
            value={email}
            error={fields.errors.email}
            onChange={(event) => setEmail(event.currentTarget.value)}
          />
          <NewPasswordInput
            label={t('settings:password.new')}
            value={password}
            error={fields.errors.password}
            onPassword={setPassword}
          />
          <Group gap="sm">
            <Button type="submit" loading={set.isPending}>
              {me.hasPassword ? t('settings:password.change') : t('settings:password.set')}
            </Button>
            {me.hasPassword ? (
              <Button variant="default" loading={remove.isPending} onClick={() => remove.mutate()}>
                {t('settings:password.remove')}
              </Button>
            ) : null}
          </Group>
          <Text size="sm" c="dimmed">
            {t('settings:password.ends')}
          </Text>
        </Stack>
      </form>
    </Section>
  )
}
