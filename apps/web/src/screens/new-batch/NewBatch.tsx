import {
  Button,
  Checkbox,
  Group,
  NumberInput,
  Paper,
  Radio,
  SegmentedControl,
  Stack,
  Switch,
  Text,
  Textarea,
  TextInput,
} from '@mantine/core'
import { Link, useNavigate } from '@tanstack/react-router'
import { useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { BatchView } from '#contracts/batches.ts'
import { api, asProblem, type Problem } from '../../shared/api.ts'
import { Page } from '../../shared/Page.tsx'
import { ProblemPanel } from '../../shared/ProblemPanel.tsx'
import { queryClient } from '../../shared/queries.ts'
import { emptyDraft, findMistakes, phases, requestOf, useDraft, type Field } from './draft.ts'

/** The fields that have an element of their own to show an error at. */
const fields: readonly Field[] = ['title', 'prompt', 'capacity', 'phases', 'locale']

export function NewBatch() {
  const { t } = useTranslation('new-batch')
  const navigate = useNavigate()
  const form = useRef<HTMLFormElement>(null)
  const [draft, change, clear] = useDraft()
  const [mistakes, setMistakes] = useState<readonly Field[]>([])
  const [refused, setRefused] = useState<Problem | null>(null)
  const [sending, setSending] = useState(false)
  /** The same for each try, so that one that was answered unheard makes no second batch. */
  const key = useRef<{ key: string; of: string }>(null)

  const errorAt = (field: Field): string | undefined => {
    if (!mistakes.includes(field)) return refused?.at(field)
    if (field === 'title') return t('problem.title')
    return field === 'capacity' ? t('problem.slots') : t('problem.phases')
  }
  const focusFirst = (): void => {
    // After the errors are on the page.
    setTimeout(() => form.current?.querySelector<HTMLElement>('[aria-invalid=true]')?.focus(), 0)
  }

  const submit = async (event: React.FormEvent): Promise<void> => {
    event.preventDefault()
    const found = findMistakes(draft)
    setMistakes(found)
    setRefused(null)
    if (found.length > 0) return focusFirst()
    setSending(true)
    try {
      const body = requestOf(draft)
      const text = JSON.stringify(body)
      if (key.current?.of !== text) key.current = { key: crypto.randomUUID(), of: text }
      const batch = await api<BatchView>('POST', 'batches', { key: key.current.key, body })
      clear()
      void queryClient.invalidateQueries({ queryKey: ['batches'] })
      await navigate({ to: '/batches/$batchId', params: { batchId: batch.batchId } })
    } catch (error) {
      setRefused(asProblem(error))
      focusFirst()
    } finally {
      setSending(false)
    }
  }
  const atFields = refused?.errors.every(({ path }) => fields.some((field) => path === `body.${field}`))

  return (
    <Page title={t('title')}>
      <Paper withBorder p={{ base: 'md', sm: 'xl' }} maw="44rem" bg="var(--paper)">
        <form ref={form} noValidate onSubmit={(event) => void submit(event)}>
          <Stack gap="lg">
            <Text c="dimmed">{t('intro')}</Text>
            <TextInput
              label={t('field.title')}
              description={t('field.title-hint')}
              required
              maxLength={200}
              value={draft.title}
              error={errorAt('title')}
              onChange={(event) => change({ title: event.currentTarget.value })}
            />
            <Textarea
              label={t('field.prompt')}
              description={t('field.prompt-hint')}
              autosize
              minRows={3}
              maxRows={14}
              maxLength={20_000}
              value={draft.prompt}
              error={errorAt('prompt')}
              onChange={(event) => change({ prompt: event.currentTarget.value })}
            />
            <Radio.Group
              label={t('field.capacity')}
              value={draft.fixed ? 'fixed' : 'open'}
              onChange={(value) => change({ fixed: value === 'fixed' })}
            >
              <Stack gap="xs" mt="xs">
                <Radio value="open" label={t('field.open')} />
                <Radio value="fixed" label={t('field.fixed')} />
              </Stack>
            </Radio.Group>
            {draft.fixed ? (
              <NumberInput
                label={t('field.slots')}
                description={t('field.slots-hint')}
                w="16rem"
                min={1}
                max={100_000}
                allowDecimal={false}
                // What was typed stays, with what is wrong with it.
                clampBehavior="none"
                value={draft.capacity}
                error={errorAt('capacity')}
                onChange={(capacity) => change({ capacity })}
              />
            ) : null}
            <Checkbox.Group
              label={t('field.phases')}
              value={draft.phases}
              error={errorAt('phases')}
              onChange={(wanted) => change({ phases: phases.filter((phase) => wanted.includes(phase)) })}
            >
              <Stack gap="xs" mt="xs" mb="xs">
                {phases.map((phase) => (
                  <Checkbox
                    key={phase}
                    value={phase}
                    label={t(`phase.${phase}`)}
                    description={t(`phase.${phase}-why`)}
                  />
                ))}
              </Stack>
            </Checkbox.Group>
            <Stack gap={6} align="flex-start">
              <Text size="sm" fw={600} id="locale">
                {t('field.locale')}
              </Text>
              <SegmentedControl
                aria-labelledby="locale"
                value={draft.locale}
                onChange={(locale) => change({ locale })}
                data={[
                  { value: 'en-GB', label: t('locale.en-GB') },
                  { value: 'en-US', label: t('locale.en-US') },
                ]}
              />
            </Stack>
            <Switch
              label={t('field.quiet')}
              checked={draft.runWhenQuiet}
              onChange={(event) => change({ runWhenQuiet: event.currentTarget.checked })}
            />
            {refused && !(refused.errors.length > 0 && atFields) ? (
              <ProblemPanel error={refused} thing={t('failed')} />
            ) : null}
            <Group>
              <Button type="submit" loading={sending}>
                {t('create')}
              </Button>
              <Button variant="subtle" component={Link} to="/">
                {t('cancel')}
              </Button>
            </Group>
            {draft === emptyDraft ? null : (
              <Text size="sm" c="dimmed">
                {t('draft')}
              </Text>
            )}
          </Stack>
        </form>
      </Paper>
    </Page>
  )
}
