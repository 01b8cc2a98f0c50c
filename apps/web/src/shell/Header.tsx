import {
  ActionIcon,
  Container,
  Group,
  UnstyledButton,
  useComputedColorScheme,
  useMantineColorScheme,
} from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { showKeys } from '../shared/keys.tsx'
import { meQuery } from '../shared/queries.ts'
import classes from './shell.module.css'

export function Header() {
  const { t } = useTranslation('shell')
  const { data: me } = useQuery(meQuery)
  const admin = me === null || me === undefined || me.roles.includes('admin')
  return (
    <header className={classes.header}>
      <Container size="80rem">
        <Group h={56} justify="space-between" wrap="nowrap">
          <Link to="/" className={classes.name} aria-label={t('home')}>
            <img src="/favicon.svg" alt="" width={26} height={26} />
            <span translate="no">Assay</span>
          </Link>
          <Group component="nav" aria-label={t('navigation')} gap={4} wrap="nowrap">
            <Link to="/" className={classes.link} activeOptions={{ exact: true }}>
              {t('batches')}
            </Link>
            {admin ? (
              <Link to="/status" className={classes.link}>
                {t('status')}
              </Link>
            ) : null}
            <Link to="/settings" className={classes.link}>
              {t('settings')}
            </Link>
            <UnstyledButton className={`${classes.link} ${classes.wide}`} onClick={showKeys}>
              {t('keys')}
            </UnstyledButton>
            <Appearance />
          </Group>
        </Group>
      </Container>
    </header>
  )
}

/** The other of light and dark; "as this computer" is in Settings. */
function Appearance() {
  const { t } = useTranslation('shell')
  const { setColorScheme } = useMantineColorScheme()
  const dark = useComputedColorScheme('light') === 'dark'
  return (
    <ActionIcon
      variant="subtle"
      color="gray"
      size="lg"
      aria-label={dark ? t('to-light') : t('to-dark')}
      title={dark ? t('to-light') : t('to-dark')}
      onClick={() => setColorScheme(dark ? 'light' : 'dark')}
    >
      <svg
        aria-hidden
        width="18"
        height="18"
        viewBox="0 0 18 18"
        fill="none"
        stroke="currentColor"
        strokeWidth="1.6"
      >
        <circle cx="9" cy="9" r="6.5" />
        <path d="M9 2.5a6.5 6.5 0 0 1 0 13z" fill="currentColor" stroke="none" />
      </svg>
    </ActionIcon>
  )
}
