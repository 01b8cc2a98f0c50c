import { z } from 'zod'
import { isOrigin } from '#platform/http/origins.ts'

/** The services of the program, in the order of the main flow: the roles a process can be given. */
export const serviceNames = [
  'identity',
  'files',
  'essays',
  'batches',
  'spelling',
  'language',
  'results',
  'trace',
  'realtime',
] as const
export type ServiceName = (typeof serviceNames)[number]

const count = (fallback: number) => z.coerce.number().int().positive().default(fallback)

/** Every setting, with a sentence for each. Only this file reads the environment. */
export const Config = z.object({
  data: z
    .string()
    .default('./data')
    .describe('The folder that holds the database, the originals and the owner token.'),
  port: z.coerce
    .number()
    .int()
    .min(0)
    .max(65_535)
    .default(4400)
    .describe('The port of the API on 127.0.0.1; 0 takes a free one.'),
  mode: z
    .enum(['laptop', 'server'])
    .default('laptop')
    .describe(
      'laptop: one owner, who needs no account. server: everyone signs in, and the owner token is off.',
    ),
  publicUrl: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe(
      'The address under which people open Assay, when it is not http://localhost and the port: behind https cookies are marked Secure. Links and sign-in of schools lead to it.',
    ),
  origins: z
    .string()
    .default('')
    .transform((text) =>
      text
        .split(',')
        .map((origin) => origin.trim())
        .filter((origin) => origin !== ''),
    )
    .refine(
      (list) => list.every(isOrigin),
      'each is a scheme, a host and perhaps a port, such as https://school.example, and nothing more.',
    )
    .describe('Web pages from elsewhere that may speak to this server, separated by commas.'),
  secret: z
    .string()
    .optional()
    .describe(
      'The secret that signs cookies and encrypts the keys of JWTs, 32 characters or more; without it the file auth-secret of the data folder is used, which is made at the first start. Several processes on one database share it.',
    ),
  smtpUrl: z
    .url({ protocol: /^smtps?$/ })
    .optional()
    .describe(
      'The mail server for invitations and new passwords, such as smtps://user:password@mail.school.org; without it an administrator copies the links.',
    ),
  smtpFrom: z.string().optional().describe('The sender of these mails; wanted with ASSAY_SMTP_URL.'),
  databaseUrl: z
    .string()
    .optional()
    .describe('A PostgreSQL of your own, as the role assay_app; without it the embedded one is used.'),
  databaseOwnerUrl: z
    .string()
    .optional()
    .describe('The same database as the role that owns the schema; used for migrations only.'),
  trustProxy: z
    .string()
    .optional()
    .describe(
      'Addresses or networks of the proxies whose X-Forwarded-For is believed, separated by commas. Without it the header means nothing.',
    ),
  logLevel: z
    .enum(['trace', 'debug', 'info', 'warn', 'error', 'silent'])
    .default('warn')
    .describe('How much is logged to stderr.'),
  tracesTo: z
    .url()
    .optional()
    .describe('Where OpenTelemetry spans go (OTLP over HTTP); nothing is sent without it.'),
  openBrowser: z
    .enum(['yes', 'no'])
    .default('yes')
    .describe(
      'Whether `npm start` opens the app in a browser; it does so only at a terminal with a screen, and never in CI.',
    ),
  readers: count(2).describe('How many limited child processes read files.'),
  spellingThreads: count(1).describe('How many threads check spelling; each does about 200 essays a second.'),
  languageThreads: count(1).describe(
    'How many threads analyse language; each takes about 250 MB for the grammar checker.',
  ),
  maxFileBytes: count(25 * 1024 * 1024).describe('The largest file that is taken, in bytes.'),
  maxArchiveBytes: count(200 * 1024 * 1024).describe(
    'The largest zip that is opened, in bytes; each file in it obeys maxFileBytes.',
  ),
  maxFilesPerRequest: count(10_000).describe('The most files in one request.'),
  readingDeadlineSeconds: count(300).describe('How long a run waits for files that are still being read.'),
  phaseDeadlineSeconds: count(600).describe('How long a phase waits for the answer about one essay.'),
  eraseAfterSeconds: count(86_400).describe(
    'How long a removed batch can be restored before it is erased for good, with its originals, texts and results.',
  ),
  undoSeconds: count(10).describe('How long the slot of a removed file stays reserved for it.'),
  services: z
    .string()
    .default('all')
    .transform((text) => [...new Set(text.split(',').map((name) => name.trim()))])
    .pipe(z.array(z.enum(['all', ...serviceNames])).min(1))
    .transform((names) => serviceNames.filter((name) => names.includes('all') || names.includes(name)))
    .describe(
      `Which services this process runs, separated by commas: ${serviceNames.join(', ')}; or all. Processes that share a database share the work.`,
    ),
  pollMs: count(1000).describe(
    'How often each process looks for events and notifications that no hint told it of, in milliseconds.',
  ),
  heartbeatSeconds: count(25).describe(
    'How often a live connection is pinged; one that does not answer is dropped.',
  ),
  connectionsPerUser: count(20).describe(
    'How many live connections a person may have; a newer one replaces the oldest.',
  ),
  quietSeconds: count(5).describe('How long after its last file a batch with runWhenQuiet starts its run.'),
})
export type Config = z.infer<typeof Config>

const environmentNames: Record<keyof Config, string> = {
  data: 'ASSAY_DATA',
  port: 'PORT',
  mode: 'ASSAY_MODE',
  publicUrl: 'ASSAY_PUBLIC_URL',
  origins: 'ASSAY_ORIGINS',
  secret: 'ASSAY_SECRET',
  smtpUrl: 'ASSAY_SMTP_URL',
  smtpFrom: 'ASSAY_SMTP_FROM',
  databaseUrl: 'DATABASE_URL',
  databaseOwnerUrl: 'DATABASE_OWNER_URL',
  trustProxy: 'ASSAY_TRUST_PROXY',
  logLevel: 'ASSAY_LOG_LEVEL',
  tracesTo: 'OTEL_EXPORTER_OTLP_ENDPOINT',
  openBrowser: 'ASSAY_OPEN_BROWSER',
  readers: 'ASSAY_READERS',
  spellingThreads: 'ASSAY_SPELLING_THREADS',
  languageThreads: 'ASSAY_LANGUAGE_THREADS',
  maxFileBytes: 'ASSAY_MAX_FILE_BYTES',
  maxArchiveBytes: 'ASSAY_MAX_ARCHIVE_BYTES',
  maxFilesPerRequest: 'ASSAY_MAX_FILES_PER_REQUEST',
  readingDeadlineSeconds: 'ASSAY_READING_DEADLINE_SECONDS',
  phaseDeadlineSeconds: 'ASSAY_PHASE_DEADLINE_SECONDS',
  eraseAfterSeconds: 'ASSAY_ERASE_AFTER_SECONDS',
  undoSeconds: 'ASSAY_UNDO_SECONDS',
  services: 'ASSAY_SERVICES',
  pollMs: 'ASSAY_POLL_MS',
  heartbeatSeconds: 'ASSAY_HEARTBEAT_SECONDS',
  connectionsPerUser: 'ASSAY_CONNECTIONS_PER_USER',
  quietSeconds: 'ASSAY_QUIET_SECONDS',
}

/** Thrown with every mistake at once, one a line. */
export class ConfigError extends Error {
  override name = 'ConfigError'
}

/** Reads the settings: a flag wins over the environment, the environment over the default. */
export function readConfig(
  flags: Partial<Record<keyof Config, unknown>>,
  environment: NodeJS.ProcessEnv = process.env,
): Config {
  const given: Record<string, unknown> = {}
  for (const [key, name] of Object.entries(environmentNames)) {
    const value = flags[key as keyof Config] ?? environment[name]
    if (value !== undefined && value !== '') given[key] = value
  }
  const parsed = Config.safeParse(given)
  if (parsed.success) return parsed.data
  const lines = parsed.error.issues.map((issue) => {
    const key = String(issue.path[0]) as keyof Config
    return `${environmentNames[key]} (--${key}): ${issue.message}`
  })
  throw new ConfigError(`Some settings are wrong:\n${lines.join('\n')}`)
}

/** The list of settings as `docs/settings.md` shows it. */
export function renderSettings(): string {
  const rows = Object.entries(environmentNames).map(([key, name]) => {
    const schema = Config.shape[key as keyof Config]
    const fallback = Config.partial().parse({ [key]: undefined })[key as keyof Config]
    return `| \`${name}\` | ${fallback === undefined || String(fallback) === '' ? 'none' : `\`${String(fallback)}\``} | ${schema.description ?? ''} |`
  })
  return [
    '# Settings',
    '',
    'All of them, from the environment. `--data`, `--port` and `--mode` are flags too; a flag wins. Generated by `npm run docs` from `platform/config/config.ts`.',
    '',
    '| variable | default | what it does |',
    '| --- | --- | --- |',
    ...rows,
    '',
  ].join('\n')
}
