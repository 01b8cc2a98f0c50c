import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Page } from 'playwright-core'
import type { Invited } from '#contracts/identity.ts'
import type { z } from 'zod'
import { password, startPeople, type People } from '../people.ts'
import { startSystem, type System } from '../system.ts'
import {
  accessibilityTroubles,
  chromiumPath,
  keepPicture,
  launchBrowser,
  type TestBrowser,
} from './browser.ts'
import { overflow, tabTo } from './visit-as.ts'

/** The name of the field that has the focus. */
const focused = (page: Page): Promise<string> => page.evaluate<string>('document.activeElement.name ?? ""')

describe.skipIf(chromiumPath === null)('sign-in in a browser', { timeout: 240_000 }, () => {
  let browser: TestBrowser
  beforeAll(async () => {
    browser = await launchBrowser()
  })
  afterAll(() => browser?.close())

  describe('on a server', () => {
    let system: People
    beforeAll(async () => {
      system = await startPeople()
    })
    afterAll(() => system?.stop())

    test('a place asked for without a sign-in is come back to after it; a mistake keeps what was typed, by keyboard alone', async () => {
      const { email } = system.people.teacher
      const { page, troubles } = await browser.visit(system.server.url)
      await page.goto('/settings')
      await page.getByRole('heading', { name: 'Sign in', level: 1 }).waitFor()
      await page.getByLabel('Email address').waitFor()
      expect(await accessibilityTroubles(page)).toEqual([])

      await tabTo(page, 'Sign in')
      await page.keyboard.press('Enter')
      await page.getByText('Type your email address.').waitFor()
      expect(await focused(page)).toBe('email')
      await page.keyboard.type(email)
      await page.getByLabel('Password', { exact: true }).fill('not the password at all')
      await page.keyboard.press('Enter')
      await page.getByText(/The email address or the password is not right/).waitFor()
      expect(await focused(page)).toBe('password')
      expect(await page.getByLabel('Email address').inputValue()).toBe(email)
      expect(await page.getByLabel('Password', { exact: true }).inputValue()).toBe('not the password at all')
      expect(await accessibilityTroubles(page)).toEqual([])

      await page.getByLabel('Password', { exact: true }).fill(password)
      await page.keyboard.press('Enter')
      await page.getByRole('heading', { name: 'Settings', level: 1 }).waitFor()
      await page.getByText(email).first().waitFor()
      expect(new URL(page.url()).pathname).toBe('/settings')

      await page.getByRole('button', { name: 'Sign out', exact: true }).first().click()
      await page.getByRole('heading', { name: 'Sign in', level: 1 }).waitFor()
      await page.goto('/settings')
      await page.getByRole('heading', { name: 'Sign in', level: 1 }).waitFor()
      expect(troubles).toEqual([])
    })

    test('a place elsewhere is never gone to', async () => {
      const { email } = system.people.judge
      for (const next of [
        '//evil.example/',
        '/\\evil.example',
        'https://evil.example/',
        '/\t/evil.example',
      ]) {
        const { context, page } = await browser.visit(system.server.url)
        await page.goto(`/sign-in?next=${encodeURIComponent(next)}`)
        await page.getByLabel('Email address').fill(email)
        await page.getByLabel('Password', { exact: true }).fill(password)
        await page.keyboard.press('Enter')
        await page.getByRole('link', { name: 'Settings' }).waitFor()
        expect(new URL(page.url())).toMatchObject({
          origin: new URL(system.server.url).origin,
          pathname: '/',
        })
        await context.close()
      }
    })

    test('whoever is wrong too often is told when to come back', async () => {
      const { email } = await system.addPerson('forgetful', system.schools.ours, ['teacher'])
      // As many tries as are allowed, made elsewhere.
      for (let tries = 0; tries < 10; tries += 1) await system.signIn(email, 'wrong, wrong, wrong')
      const { page } = await browser.visit(system.server.url)
      await page.goto('/sign-in')
      await page.getByLabel('Email address').fill(email)
      await page.getByLabel('Password', { exact: true }).fill(password)
      await page.keyboard.press('Enter')
      await page.getByText(/Too many tries.*before \d\d:\d\d/).waitFor()
      expect(await page.getByLabel('Email address').inputValue()).toBe(email)
      expect(await accessibilityTroubles(page)).toEqual([])
    })

    test('a forgotten password is answered the same whether there is an account or not', async () => {
      const answers: string[] = []
      for (const email of [system.people.teacher.email, 'nobody@school.example']) {
        const { page } = await browser.visit(system.server.url)
        await page.goto('/sign-in')
        await page.getByLabel('Email address').fill(email)
        await page.getByRole('link', { name: 'Forgot password?' }).click()
        await page.getByRole('heading', { name: 'A new password' }).waitFor()
        expect(await page.getByLabel('Email address').inputValue()).toBe(email)
        expect(await accessibilityTroubles(page)).toEqual([])
        await page.keyboard.press('Tab')
        await page.getByRole('button', { name: 'Send me a link' }).click()
        await page.getByText('If this address has an account').waitFor()
        answers.push(await page.getByRole('main').innerText())
      }
      expect(answers[0]).toBe(answers[1])
    })

    test('an invitation leads in, once; its token stays out of what is sent', async () => {
      const { link } = await system.people.admin.json<z.infer<typeof Invited>>('POST', 'invitations', {
        email: 'new.colleague@school.example',
        roles: ['teacher', 'judge'],
      })
      const { pathname, hash } = new URL(link)
      const token = hash.slice('#token='.length)
      const { page, troubles } = await browser.visit(system.server.url)
      const asked: string[] = []
      page.on('request', (request) => asked.push(`${request.url()} ${request.headers().referer ?? ''}`))
      await page.goto(`${pathname}${hash}`)
      await page.getByText('Our school invites you to Assay as teacher and judge.').waitFor()
      expect(await accessibilityTroubles(page)).toEqual([])
      await keepPicture(page, 'invitation')

      await page.getByLabel('Your name').fill('Nia Colleague')
      await page.getByLabel('Password', { exact: true }).fill('short')
      await page.keyboard.press('Enter')
      await page.getByText('A password has at least 10 characters. This one has 5.').waitFor()
      expect(await focused(page)).toBe('password')
      expect(await page.getByLabel('Your name').inputValue()).toBe('Nia Colleague')
      await page.getByLabel('Password', { exact: true }).fill('a rather long password')
      await page.keyboard.press('Enter')
      await page.getByRole('link', { name: 'Settings' }).click()
      await page.getByText('Nia Colleague').first().waitFor()
      expect(asked.filter((url) => url.includes(token))).toEqual([])
      expect(troubles).toEqual([])

      const again = await browser.visit(system.server.url)
      await again.page.goto(`${pathname}${hash}`)
      await again.page.getByRole('heading', { name: 'This invitation is not good any more' }).waitFor()
      expect(await accessibilityTroubles(again.page)).toEqual([])
    })

    test('a link for a new password sets it once, and says so', async () => {
      const { userId, email } = await system.addPerson('renewed', system.schools.ours, ['teacher'])
      const { link } = await system.people.admin.json<{ link: string }>(
        'POST',
        `people/${userId}/password-reset`,
      )
      const place = new URL(link)
      const { page, troubles } = await browser.visit(system.server.url, {
        viewport: { width: 360, height: 740 },
        colorScheme: 'dark',
      })
      await page.goto(`${place.pathname}${place.hash}`)
      await page.getByLabel('New password').fill('an entirely new password')
      expect(await overflow(page)).toBe(0)
      expect(await accessibilityTroubles(page)).toEqual([])
      await page.keyboard.press('Enter')
      await page.getByText('Your password is changed.').waitFor()
      await page.getByRole('link', { name: 'Back to sign-in' }).click()
      await page.getByLabel('Email address').fill(email)
      await page.getByLabel('Password', { exact: true }).fill('an entirely new password')
      await page.keyboard.press('Enter')
      await page.getByRole('link', { name: 'Settings' }).waitFor()
      expect(troubles).toEqual([])

      const again = await browser.visit(system.server.url)
      await again.page.goto(`${place.pathname}${place.hash}`)
      await again.page.getByLabel('New password').fill('yet another password')
      await again.page.keyboard.press('Enter')
      await again.page.getByRole('heading', { name: 'This link is not good any more' }).waitFor()
    })
  })

  describe('on a laptop', () => {
    let system: System
    beforeAll(async () => {
      system = await startSystem()
    })
    afterAll(() => system?.stop())

    test('its owner continues with one click, until a password is set; with it, and after it is taken away', async () => {
      const { page, troubles } = await browser.visit(system.server.url)
      await page.goto('/settings')
      const owner = page.getByRole('button', { name: 'Continue as owner of this computer' })
      await owner.waitFor()
      expect(await page.getByLabel('Email address').count()).toBe(0)
      expect(await accessibilityTroubles(page)).toEqual([])
      await tabTo(page, 'Continue as owner of this computer')
      await page.keyboard.press('Enter')
      await page.getByRole('heading', { name: 'Settings', level: 1 }).waitFor()

      await page.getByLabel('Email address').fill('me@home.example')
      await page.getByLabel('New password').fill('short')
      await page.keyboard.press('Enter')
      await page.getByText('A password has at least 10 characters. This one has 5.').waitFor()
      await page.getByLabel('New password').fill('correct horse battery')
      await page.getByRole('button', { name: 'Set this password' }).click()
      await page.getByRole('button', { name: 'Change the password' }).waitFor()

      const other = await browser.visit(system.server.url)
      await other.page.goto('/')
      await other.page.getByText('The owner of this computer has set a password.').waitFor()
      expect(await other.page.getByRole('button', { name: /Continue as owner/ }).count()).toBe(0)
      await other.page.getByLabel('Email address').fill('me@home.example')
      await other.page.getByLabel('Password', { exact: true }).fill('correct horse battery')
      await other.page.keyboard.press('Enter')
      await other.page.getByRole('link', { name: 'Settings' }).click()
      await other.page.getByRole('button', { name: 'Remove the password' }).click()
      await other.page.getByText('The password is removed').waitFor()

      const third = await browser.visit(system.server.url)
      await third.page.goto('/')
      await third.page.getByRole('button', { name: 'Continue as owner of this computer' }).waitFor()
      expect([...troubles, ...other.troubles, ...third.troubles]).toEqual([])
    })
  })
})
