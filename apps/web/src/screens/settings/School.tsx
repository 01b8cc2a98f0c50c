import { Button, Group, Stack, TextInput } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { SchoolView } from '#contracts/identity.ts'
import { api } from '../../shared/api.ts'
import { useFieldErrors } from '../../shared/form.ts'
import { ProblemPanel } from '../../shared/ProblemPanel.tsx'
import { meQuery, schoolQuery } from '../../shared/queries.ts'
import { Section } from './Section.tsx'

/** What an administrator says of the school. */
export function School({ school }: { school: SchoolView }) {
  const { t } = useTranslation('settings')
  const queries = useQueryClient()
  const [name, setName] = useState(school.name)
  const fields = useFieldErrors(['name'])
  const save = useMutation({
    mutationFn: () => api<SchoolView>('PATCH', 'school', { body: { name: name.trim() } }),
    async onSuccess(saved) {
      queries.setQueryData(schoolQuery.queryKey, saved)
      await queries.invalidateQueries({ queryKey: meQuery.queryKey })
    },
    onError: fields.showProblem,
  })
  return (
    <Section title={t('school.title')}>
      {fields.failure ? <ProblemPanel error={fields.failure} thing={t('school.not-saved')} /> : null}
      <form
        id={fields.id}
        noValidate
        onSubmit={(event) => {
          event.preventDefault()
          if (!fields.show(name.trim() === '' ? { name: t('school.need-name') } : {})) save.mutate()
        }}
      >
        <Stack gap="md" maw="32rem">
          <TextInput
            name="name"
            label={t('school.name')}
            maxLength={200}
            value={name}
            error={fields.errors.name}
            onChange={(event) => {
              save.reset()
              setName(event.currentTarget.value)
            }}
          />
          <Group gap="sm">
            <Button type="submit" loading={save.isPending}>
              {t('save')}
            </Button>
            <span role="status">{save.isSuccess ? t('saved') : null}</span>
          </Group>
        </Stack>
      </form>
    </Section>
  )
}
