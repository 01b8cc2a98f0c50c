import { List, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { SchoolView } from '#contracts/identity.ts'
import { Section } from './Section.tsx'
import classes from './settings.module.css'

/** Where the data lies and what leaves this computer. */
export function Data({ school }: { school: SchoolView }) {
  const { t } = useTranslation('settings')
  return (
    <Section title={t('data.title')}>
      <dl className={classes.facts}>
        <dt>{t('data.where')}</dt>
        <dd translate="no">{school.dataLocation}</dd>
        <dt>{t('data.network')}</dt>
        <dd>
          {school.networkUse.length === 0 ? (
            <Text inherit>{t('data.nothing')}</Text>
          ) : (
            <List>
              {school.networkUse.map((use) => (
                <List.Item key={use} translate="no">
                  {use}
                </List.Item>
              ))}
            </List>
          )}
        </dd>
      </dl>
    </Section>
  )
}
