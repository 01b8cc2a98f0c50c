import { Problem, unreachable } from '../shared/api.ts'
import { reachability } from '../shared/reachability.ts'

export interface Sending {
  /** Resolves to the parsed answer; throws `Problem`, with status 0 when the connection was cut. */
  answer: Promise<unknown>
  abort(): void
}

/** Sends one file in one request, by XMLHttpRequest, because fetch does not tell how much has been sent. */
export function sendFile(
  path: string,
  file: File,
  name: string,
  key: string,
  onSent: (bytes: number) => void,
): Sending {
  const request = new XMLHttpRequest()
  const answer = new Promise<unknown>((resolve, reject) => {
    request.open('POST', path)
    request.setRequestHeader('idempotency-key', key)
    request.upload.addEventListener('progress', (event) => onSent(event.loaded))
    request.addEventListener('load', () => {
      reachability.reached()
      const body = parse(request.responseText)
      if (request.status < 300) resolve(body)
      else
        reject(new Problem(request.status, { ...body, retryAfter: request.getResponseHeader('retry-after') }))
    })
    const cut = (): void => reject(unreachable())
    request.addEventListener('error', cut)
    request.addEventListener('abort', cut)
    request.addEventListener('timeout', cut)
    const form = new FormData()
    form.append('file', file, name)
    request.send(form)
  })
  return { answer, abort: () => request.abort() }
}

function parse(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text) as Record<string, unknown>
  } catch {
    return {}
  }
}

/** False when the file has changed, or gone, since it was chosen: the browser then reads nothing of it. */
export async function isReadable(file: File): Promise<boolean> {
  try {
    await file.slice(0, 1).arrayBuffer()
    return true
  } catch {
    return false
  }
}

/** What a later try may mend: a cut connection, a server that starts, limits its callers, or is still at it. */
export const isPassing = ({ status, code }: Problem): boolean =>
  status === 0 ||
  status === 429 ||
  status === 502 ||
  status === 503 ||
  status === 504 ||
  code === 'request-in-progress'

const longestWaitMs = 8000

/** Before try number `tries` (from 1), with jitter; as the server says where it does. */
export function waitMs({ details }: Problem, tries: number, random = Math.random()): number {
  const told = Number(details.retryAfter)
  if (Number.isFinite(told) && told > 0) return told * 1000
  return Math.min(longestWaitMs, 400 * 2 ** Math.min(tries, 8)) * (0.5 + random / 2)
}
