import { Button, Group, Text } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import type { Me } from '#contracts/identity.ts'
import { api } from '../../shared/api.ts'
import { ProblemPanel } from '../../shared/ProblemPanel.tsx'
import { OneTime, type Link } from './OneTime.tsx'
import { Section } from './Section.tsx'
import classes from './settings.module.css'

/** On a server a password is changed with a one-time link: an administrator makes it, anyone else has it mailed. */
export function ServerPassword({ me }: { me: Me }) {
  const { t } = useTranslation('settings')
  const mayMake = me.roles.includes('admin')
  const make = useMutation({ mutationFn: () => api<Link>('POST', `people/${me.userId}/password-reset`) })
  const mail = useMutation({
    mutationFn: () => api('POST', 'password-resets/request', { body: { email: me.email } }),
  })
  const error = make.error ?? mail.error
  return (
    <Section title={t('password.title')}>
      <Text>{t('password.server')}</Text>
      {error ? <ProblemPanel error={error} thing={t('password.link-failed')} /> : null}
      <div role="status" className={classes.said}>
        {mail.isSuccess ? t('password.mailed', { email: me.email }) : null}
      </div>
      {make.data ? (
        <>
          <OneTime link={make.data} email={me.email ?? me.name} onClose={make.reset} />
          <Text>{t('password.open-link')}</Text>
        </>
      ) : (
        <Group>
          <Button
            variant="default"
            loading={make.isPending || mail.isPending}
            onClick={() => (mayMake ? make.mutate() : mail.mutate())}
          >
            {mayMake ? t('password.link') : t('password.mail')}
          </Button>
        </Group>
      )}
    </Section>
  )
}
