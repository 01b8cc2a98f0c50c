import { Loader, Stack } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { Page } from '../../shared/Page.tsx'
import { ProblemPanel } from '../../shared/ProblemPanel.tsx'
import { meQuery, schoolQuery } from '../../shared/queries.ts'
import { Data } from './Data.tsx'
import { Invitations } from './Invitations.tsx'
import { Keep } from './Keep.tsx'
import { LaptopPassword } from './LaptopPassword.tsx'
import { Looks } from './Looks.tsx'
import { People } from './People.tsx'
import { School } from './School.tsx'
import { ServerPassword } from './ServerPassword.tsx'
import { SignIns } from './SignIns.tsx'
import { You } from './You.tsx'

/** What one's role may change, and no more. */
export function Settings() {
  const { t } = useTranslation('settings')
  const { data: me, error, refetch } = useQuery(meQuery)
  const { data: school, error: noSchool, refetch: askSchool } = useQuery(schoolQuery)
  const admin = me?.roles.includes('admin') ?? false
  return (
    <Page title={t('title')}>
      <Stack gap="lg" maw="52rem">
        {error && !me ? (
          <ProblemPanel error={error} thing={t('failed')} onRetry={() => void refetch()} />
        ) : null}
        {!me && !error ? <Loader aria-label={t('reading')} /> : null}
        {me ? (
          <>
            <You me={me} />
            {me.mode === 'laptop' ? <LaptopPassword me={me} /> : <ServerPassword />}
            <SignIns />
            {admin ? <People me={me} /> : null}
            {admin && me.mode === 'server' ? <Invitations /> : null}
          </>
        ) : null}
        {noSchool && !school ? (
          <ProblemPanel error={noSchool} thing={t('data.failed')} onRetry={() => void askSchool()} />
        ) : null}
        {school ? (
          <>
            {admin ? <School school={school} /> : null}
            {admin ? <Keep school={school} /> : null}
            <Data school={school} />
          </>
        ) : null}
        <Looks />
      </Stack>
    </Page>
  )
}
