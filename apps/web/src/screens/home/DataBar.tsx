import { Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { schoolQuery } from '../../shared/queries.ts'
import classes from './home.module.css'

/** Where the data are, and whether the network is used. Nothing where the server does not say. */
export function DataBar() {
  const { t } = useTranslation('home')
  const { data: school } = useQuery(schoolQuery)
  if (!school) return null
  return (
    <aside className={classes.bar} aria-label={t('where.label')}>
      <Text size="sm">
        {t('where.place')} <span translate="no">{school.dataLocation}</span>.{' '}
        {school.networkUse.length === 0 ? t('where.nothing') : t('where.network')}
      </Text>
      {school.networkUse.length > 0 ? (
        <ul translate="no">
          {school.networkUse.map((use) => (
            <li key={use}>
              <Text size="sm">{use}</Text>
            </li>
          ))}
        </ul>
      ) : null}
    </aside>
  )
}
