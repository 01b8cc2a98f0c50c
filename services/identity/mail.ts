import type { Transporter } from 'nodemailer'
import type { Log } from '#platform/observability/log.ts'

/** Sends a message, where SMTP is configured. */
export interface Mail {
  /** The host that messages go to. */
  host: string
  /** False when the server did not take it; why is logged without the address. */
  send(message: { to: string; subject: string; text: string }): Promise<boolean>
  close(): void
}

/** Waiting longer for a mail server helps nobody: the link is on the screen all the same. */
const patience = { connectionTimeout: 10_000, greetingTimeout: 10_000, socketTimeout: 20_000 }

export function createMail(options: { smtpUrl: string; smtpFrom: string; log: Log }): Mail {
  const url = new URL(options.smtpUrl)
  let made: Promise<Transporter> | null = null
  const transport = (): Promise<Transporter> =>
    (made ??= import('nodemailer').then(({ createTransport }) => createTransport(settings)))
  const settings = {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port ? Number(url.port) : url.protocol === 'smtps:' ? 465 : 587,
    secure: url.protocol === 'smtps:',
    ...(url.username
      ? {
          auth: { user: decodeURIComponent(url.username), pass: decodeURIComponent(url.password) },
          // A password is never sent in the clear to another computer.
          requireTLS: !isLoopback(url.hostname),
        }
      : {}),
    ...patience,
  }
  return {
    host: url.hostname,
    async send({ to, subject, text }) {
      try {
        await (
          await transport()
        ).sendMail({
          from: options.smtpFrom,
          to: { name: '', address: to },
          subject,
          text,
          headers: { 'Auto-Submitted': 'auto-generated' },
        })
        return true
      } catch (error) {
        const { code, responseCode } = error as { code?: string; responseCode?: number }
        options.log.warn({ part: 'mail', code, responseCode }, 'the mail server did not take a message')
        return false
      }
    },
    close: () => void made?.then((transporter) => transporter.close()),
  }
}

const isLoopback = (host: string): boolean => /^(localhost|127\..*|\[::1\])$/.test(host)
