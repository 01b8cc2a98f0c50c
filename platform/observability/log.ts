import { pino, type Logger } from 'pino'

export type Log = Logger

/**
 * Structured logs on stderr. Essays and people's names never reach them: callers pass ids, codes and counts;
 * what could carry either (file names, texts, titles, prompts, tokens) is redacted if it is passed all the same.
 */
export function createLog(options: { level: string; name?: string }): Log {
  return pino(
    {
      level: options.level,
      base: options.name ? { service: options.name } : null,
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: {
        paths: [
          'fileName',
          'text',
          'title',
          'prompt',
          'token',
          'authorization',
          '*.fileName',
          '*.text',
          '*.title',
          '*.prompt',
          '*.token',
          '*.authorization',
          'req.headers',
        ],
        censor: '[redacted]',
      },
      serializers: { err: safeError },
    },
    pino.destination({ fd: 2, sync: false }),
  )
}

/** An error without the values that PostgreSQL quotes in its `detail` and that parsers quote in their messages. */
function safeError(error: unknown): object {
  if (!(error instanceof Error)) return { type: typeof error }
  const code = 'code' in error ? error.code : undefined
  return {
    type: error.name,
    code,
    message: error.message.slice(0, 300),
    stack: error.stack?.split('\n').slice(1, 8).join('\n'),
  }
}
