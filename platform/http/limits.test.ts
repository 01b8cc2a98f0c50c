import { connect } from 'node:net'
import { expect, test } from 'vitest'
import type { Limits } from './limits.ts'
import { app1, json, serve, token, type Answer, type Ask } from './testing/served.ts'

/** Asks until the answer is 429, at most `most` times: how often it was let through, and the refusal. */
async function askUntilRefused(
  { ask }: { ask: Ask },
  [method, path, headers, body]: Parameters<Ask>,
  most: number,
): Promise<{ passed: number; refusal: Answer | null }> {
  for (let passed = 0; passed < most; passed++) {
    const answer = await ask(method, path, headers, body)
    if (answer.status === 429) return { passed, refusal: answer }
  }
  return { passed: most, refusal: null }
}
const signIn = (headers: Record<string, string> = {}): Parameters<Ask> => [
  'POST',
  '/api/auth/sign-in/email',
  { ...json, ...headers },
  '{}',
]

test('signing in is limited by address also on a laptop, says when to try again, and nothing else is', async () => {
  const served = await serve({ origins: [app1] }, { openPerAddress: 30 })
  try {
    const { passed, refusal } = await askUntilRefused(served, signIn({ origin: app1 }), 20)
    expect(passed).toBe(10)
    expect(Number(refusal!.headers['retry-after'])).toBeGreaterThan(0)
    expect(Number(refusal!.headers['retry-after'])).toBeLessThanOrEqual(60)
    expect(JSON.parse(refusal!.body)).toMatchObject({ code: 'too-many-requests', status: 429 })
    expect(refusal!.headers['access-control-allow-origin']).toBe(app1)
    expect(await askUntilRefused(served, ['GET', '/'], 50)).toMatchObject({ passed: 50 })
    const mine: Parameters<Ask> = ['DELETE', '/api/v1/things/mine', token]
    expect(await askUntilRefused(served, mine, 300)).toMatchObject({ passed: 300 })
  } finally {
    await served.app.close()
  }
})

test('a person, a school and an address each have their minute, and a dear route spends more of it', async () => {
  const passedOf = async (limits: Partial<Limits>, asked: Parameters<Ask>) => {
    const served = await serve({}, limits)
    try {
      return (await askUntilRefused(served, asked, 1000)).passed
    } finally {
      await served.app.close()
    }
  }
  const list: Parameters<Ask> = ['GET', '/api/v1/things', token]
  const colleagues: Parameters<Ask> = ['GET', '/api/v1/things', { authorization: 'Bearer colleague' }]
  expect(await passedOf({ perUser: 100 }, list)).toBe(100)
  expect(await passedOf({ perUser: 100 }, ['HEAD', '/api/v1/things', token])).toBe(100)
  expect(await passedOf({ perUser: 100 }, ['DELETE', '/api/v1/things/mine', token])).toBe(2)
  expect(await passedOf({ perUser: 100 }, colleagues)).toBe(1000)
  expect(await passedOf({ perSchool: 100 }, colleagues)).toBe(100)
  expect(await passedOf({ perAddress: 100 }, ['GET', '/api/v1/things'])).toBe(100)
})

test('X-Forwarded-For is believed of the proxies that are named, and of nobody else', async () => {
  const passedOf = async (trustProxy?: string) => {
    const served = await serve({}, { openPerAddress: 30 }, trustProxy)
    try {
      let passed = 0
      for (let i = 0; i < 20; i++) {
        const { status } = await served.ask(...signIn({ 'x-forwarded-for': `203.0.113.${i}` }))
        if (status === 200) passed++
      }
      return passed
    } finally {
      await served.app.close()
    }
  }
  expect(await passedOf()).toBe(10)
  expect(await passedOf('10.0.0.0/8')).toBe(10)
  expect(await passedOf('127.0.0.1, 10.0.0.0/8')).toBe(20)
})

test('an IPv6 customer is one address, whichever of theirs they use', async () => {
  const served = await serve({}, { openPerAddress: 30 }, '127.0.0.1')
  const passedOf = async (address: (i: number) => string) => {
    let passed = 0
    for (let i = 0; i < 20; i++) {
      const { status } = await served.ask(...signIn({ 'x-forwarded-for': address(i) }))
      if (status === 200) passed++
    }
    return passed
  }
  try {
    expect(await passedOf((i) => `2001:db8:1:1::${i.toString(16)}`)).toBe(10)
    expect(await passedOf((i) => `2001:db8:1:1:${i}::7`)).toBe(0)
    expect(await passedOf((i) => `2001:db8:2:${i}::7`)).toBe(20)
    expect(await passedOf(() => '::ffff:203.0.113.7')).toBe(10)
    expect(await passedOf(() => '203.0.113.7')).toBe(0)
  } finally {
    await served.app.close()
  }
})

test('a body is as large as its route needs, and smaller where nobody has said who asks', async () => {
  const laptop = await serve()
  const body = (bytes: number): string => JSON.stringify({ title: 'x'.repeat(bytes) })
  const statusOf = async (path: string, bytes: number) =>
    (await laptop.ask('POST', path, { ...json, ...token }, body(bytes))).status
  expect(await statusOf('/api/v1/things', 9000)).toBe(200)
  expect(await statusOf('/api/v1/things', 11_000)).toBe(413)
  expect(await statusOf('/api/auth/sign-in/email', 900)).toBe(200)
  expect(await statusOf('/api/auth/sign-in/email', 1100)).toBe(413)
  await laptop.app.close()
})

/** What the server does with a connection that says only this: what it answers until it ends it. */
const saySlowly = (port: number, said: string): Promise<string> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(said))
    let heard = ''
    socket.on('data', (chunk) => (heard += chunk.toString()))
    socket.on('error', () => {})
    socket.on('close', () => resolve(heard))
  })

test('a client that never ends its headers, or its JSON, or says nothing, is not waited for', async () => {
  const head = (path: string, type: string): string =>
    `POST ${path} HTTP/1.1\r\nhost: localhost:PORT\r\nauthorization: Bearer me\r\ncontent-length: 100\r\ncontent-type: ${type}\r\n\r\n`
  const stories: [Partial<Limits>, string][] = [
    [{ headerSeconds: 1 }, 'GET / HTTP/1.1\r\nhost: localhost'],
    [{ jsonBodySeconds: 1 }, `${head('/api/v1/things', 'application/json')}{"title":`],
    [{ silenceSeconds: 1 }, head('/api/v1/things/mine/files', 'multipart/form-data; boundary=x')],
    [{ silenceSeconds: 1 }, ''],
  ]
  for (const [limits, said] of stories) {
    const served = await serve({}, limits)
    try {
      const heard = await saySlowly(served.port, said.replace('PORT', String(served.port)))
      expect(heard).not.toMatch(/^HTTP\/1.1 [25]/)
      expect((await served.ask('GET', '/api/v1/things', token)).status).toBe(200)
    } finally {
      await served.app.close()
    }
  }
})
