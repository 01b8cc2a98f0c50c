import type { FastifyReply, FastifyRequest } from 'fastify'
import type { UserId } from '#contracts/identity.ts'
import { headersFor } from './auth-headers.ts'
import type { AuthenticateOptions } from './authenticate.ts'
import type { Identity } from './identity.ts'

/** Takes the session cookie out of the browser that asks; the session itself has ended already. */
export function clearedCookies(
  { cookieName }: Pick<AuthenticateOptions, 'cookieName'>,
  reply: FastifyReply,
): void {
  const secure = cookieName.startsWith('__Secure-') ? '; Secure' : ''
  reply.header('set-cookie', `${cookieName}=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax${secure}`)
}

/** Signs a person in who has shown in another way who they are; false when they may not, being disabled. */
export async function signIn(
  identity: Pick<Identity, 'auth'>,
  userId: UserId,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<boolean> {
  const response = await (
    await identity.auth()
  ).api.openSession({
    body: { userId },
    headers: headersFor(request),
    asResponse: true,
  })
  if (response.ok) for (const cookie of response.headers.getSetCookie()) reply.header('set-cookie', cookie)
  return response.ok
}
