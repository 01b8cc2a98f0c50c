import { queryOptions } from '@tanstack/react-query'
import type { BatchRow, ClassView, EssayResult, RowPage } from '#contracts/results.ts'
import { api } from './api.ts'

/** The class as a whole: figures of each essay, what is common, how far the checks are. */
export const classQuery = (batchId: string) =>
  queryOptions({
    queryKey: ['batch', batchId, 'class'],
    queryFn: ({ signal }) => api<ClassView>('GET', `batches/${batchId}/class`, { signal }),
  })

/** One essay with its text and what was found in it. */
export const essayQuery = (batchId: string, essayId: string) =>
  queryOptions({
    queryKey: ['batch', batchId, 'essay', essayId],
    queryFn: ({ signal }) => api<EssayResult>('GET', `essays/${essayId}`, { signal }),
  })

/** One file as the table of essays has it: remarks, times; null where the batch has no such file. */
export const rowQuery = (batchId: string, fileUploadId: string) =>
  queryOptions({
    queryKey: ['batch', batchId, 'row', fileUploadId],
    queryFn: async ({ signal }): Promise<BatchRow | null> =>
      (await api<RowPage>('GET', `batches/${batchId}/rows?ids=${fileUploadId}`, { signal })).items[0] ?? null,
  })
