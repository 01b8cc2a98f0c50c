import { Button, Group, Text } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import type { Phase } from '#contracts/common.ts'
import type { EssayResult } from '#contracts/results.ts'
import { api } from '../../shared/api.ts'
import { CopyButton } from '../../shared/CopyButton.tsx'
import { ProblemPanel } from '../../shared/ProblemPanel.tsx'
import { Shape } from '../../shared/Shape.tsx'
import classes from './essay.module.css'

const phases: readonly Phase[] = ['spelling', 'language']

/** What is not there yet and why: a phase that works, has failed, or was never asked for. */
export function PhaseNotes({ batchId, essay }: { batchId: string; essay: EssayResult }) {
  return phases.map((phase) => <PhaseNote key={phase} batchId={batchId} essay={essay} phase={phase} />)
}

function PhaseNote({ batchId, essay, phase }: { batchId: string; essay: EssayResult; phase: Phase }) {
  const { t } = useTranslation('essay')
  const client = useQueryClient()
  const { status, error } = essay[phase]
  const again = useMutation({
    mutationFn: () =>
      status === 'failed'
        ? api('POST', `essays/${essay.essayId}/retry`, { body: { phase }, key: crypto.randomUUID() })
        : api('POST', `batches/${batchId}/pipeline-runs`, {
            body: { phases: [phase], essays: [essay.essayId] },
            key: crypto.randomUUID(),
          }),
    onSuccess: () => client.invalidateQueries({ queryKey: ['batch', batchId] }),
  })
  if (status === 'succeeded') return null
  return (
    <div className={classes.note}>
      <Group gap="xs" wrap="nowrap" align="flex-start">
        <Shape
          name={
            status === 'failed'
              ? 'attention'
              : status === 'running'
                ? 'working'
                : status === 'pending'
                  ? 'waiting'
                  : 'empty'
          }
        />
        <div>
          <Text fw={600}>{t(`note.${phase}.${status}`)}</Text>
          {status === 'failed' ? (
            <Text translate="no">
              {error?.message} {error?.remedy}
            </Text>
          ) : null}
          <Group gap="xs" mt={4}>
            {status === 'failed' || status === 'not-requested' ? (
              <Button size="xs" variant="default" loading={again.isPending} onClick={() => again.mutate()}>
                {t(`note.${phase}.${status === 'failed' ? 'retry' : 'ask'}`)}
              </Button>
            ) : null}
            {error?.correlationId ? (
              <CopyButton value={error.correlationId} label={t('note.copy-reference')} />
            ) : null}
          </Group>
        </div>
      </Group>
      {again.isError ? <ProblemPanel thing={t('note.not-started')} error={again.error} /> : null}
    </div>
  )
}
