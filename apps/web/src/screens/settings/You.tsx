import { Button, Group, Text } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import type { Me } from '#contracts/identity.ts'
import { api } from '../../shared/api.ts'
import { ProblemPanel } from '../../shared/ProblemPanel.tsx'
import { Section } from './Section.tsx'
import classes from './settings.module.css'
import { useLeave } from './leave.ts'
import { useRoles } from './words.ts'

/** Who is signed in, and the way out. */
export function You({ me }: { me: Me }) {
  const { t } = useTranslation('settings')
  const { sayRoles } = useRoles()
  const leave = useLeave()
  const signOut = useMutation({
    mutationFn: () => api('POST', '/api/auth/sign-out', { body: {} }),
    onSuccess: leave,
  })
  return (
    <Section title={t('you.title')}>
      <dl className={classes.facts}>
        <dt>{t('you.name')}</dt>
        <dd translate="no">{me.name}</dd>
        <dt>{t('you.email')}</dt>
        <dd>{me.email ? <span translate="no">{me.email}</span> : t('you.no-email')}</dd>
        <dt>{t('you.roles')}</dt>
        <dd>{sayRoles(me.roles)}</dd>
        <dt>{t('you.school')}</dt>
        <dd translate="no">{me.schoolName}</dd>
      </dl>
      {signOut.error ? <ProblemPanel error={signOut.error} thing={t('you.sign-out-failed')} /> : null}
      <Group>
        <Button variant="default" loading={signOut.isPending} onClick={() => signOut.mutate()}>
          <Text span inherit>
            {t('you.sign-out')}
          </Text>
        </Button>
      </Group>
    </Section>
  )
}
