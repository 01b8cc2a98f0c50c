import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Page } from 'playwright-core'
import type { People as PeoplePage, SchoolView } from '#contracts/identity.ts'
import type { z } from 'zod'
import { password, startPeople, type People } from '../people.ts'
import { until } from '../system.ts'
import {
  accessibilityTroubles,
  chromiumPath,
  keepPicture,
  launchBrowser,
  type TestBrowser,
} from './browser.ts'
import { untranslated } from './untranslated.ts'
import { overflow, tabTo, visitAs } from './visit-as.ts'

describe.skipIf(chromiumPath === null)('the settings in a browser', { timeout: 240_000 }, () => {
  let system: People
  let browser: TestBrowser
  beforeAll(async () => {
    system = await startPeople()
    browser = await launchBrowser()
  })
  afterAll(async () => {
    await browser?.close()
    await system?.stop()
  })

  const section = (page: Page, name: string) => page.getByRole('region', { name, exact: true })
  async function personOf(email: string) {
    const { items } = await system.people.admin.json<z.infer<typeof PeoplePage>>('GET', 'people?limit=200')
    return items.find((person) => person.email === email)!
  }

  test('an administrator changes roles and disables by keyboard, and takes both back', async () => {
    const person = await system.addPerson('mina', system.schools.ours, ['teacher'])
    const { page, troubles } = await visitAs(browser, system.server.url, system.people.admin)
    await page.goto('/settings')
    await section(page, 'People').getByText(person.email).waitFor()
    expect(await accessibilityTroubles(page)).toEqual([])

    await section(page, 'People').getByRole('button', { name: 'Change roles: expired' }).focus()
    await tabTo(page, 'Change roles: mina')
    await page.keyboard.press('Enter')
    await page.getByRole('group', { name: 'Roles of mina' }).waitFor()
    await tabTo(page, 'judge')
    await page.keyboard.press('Space')
    await page.getByText('mina is now: teacher and judge.').waitFor()
    await until(
      () => personOf(person.email),
      ({ roles }) => roles.includes('judge'),
    )
    // Undo is offered for ten seconds: nothing slow comes before it.
    await page.getByRole('button', { name: 'Undo' }).click()
    await until(
      () => personOf(person.email),
      ({ roles }) => !roles.includes('judge'),
    )
    expect(await accessibilityTroubles(page)).toEqual([])

    await page.getByRole('button', { name: 'Disable mina' }).click()
    await page.getByText('mina can no longer sign in.').waitFor()
    expect((await system.signIn(person.email, password)).status).toBe(401)
    await page.getByRole('button', { name: 'Undo' }).click()
    await page.getByText('mina can sign in again.').waitFor()
    expect((await system.signIn(person.email, password)).status).toBe(200)
    expect(troubles).toEqual([])
  })

  test('the last administrator cannot lose the role, and is told why', async () => {
    const { page } = await visitAs(browser, system.server.url, system.people.admin)
    await page.goto('/settings')
    await page.getByRole('button', { name: 'Change roles: admin' }).click()
    const roles = page.getByRole('group', { name: 'Roles of admin' })
    await roles.getByRole('checkbox', { name: 'teacher' }).click()
    await page.getByText('admin is now: administrator and teacher.').waitFor()
    await until(
      () => personOf(system.people.admin.email),
      (admin) => admin.roles.length === 2,
    )
    await roles.getByRole('checkbox', { name: 'administrator', checked: true }).click()
    await page.getByText('admin could not be changed.').waitFor()
    expect(await accessibilityTroubles(page)).toEqual([])
    expect((await personOf(system.people.admin.email)).roles).toContain('admin')
  })

  test('an invitation is made, its link shown once to be copied, and withdrawn', async () => {
    const { page, troubles } = await visitAs(browser, system.server.url, system.people.admin)
    await page.goto('/settings')
    const invitations = section(page, 'Invitations')
    await invitations.getByText('Nobody is invited at the moment.').waitFor()
    await invitations.getByRole('button', { name: 'Invite', exact: true }).click()
    await page.getByText('Type the person’s email address.').waitFor()
    await page.keyboard.type('not an address')
    await page.keyboard.press('Enter')
    await page.getByText('An email address looks like name@school.org.').waitFor()
    const email = invitations.getByLabel('Email address of the person')
    expect(await email.inputValue()).toBe('not an address')
    await email.fill('colleague@school.example')
    await page.keyboard.press('Enter')
    const link = invitations.getByLabel('One-time link')
    await link.waitFor()
    const address = new URL(await link.inputValue())
    expect([address.pathname, address.hash.length > 40]).toEqual(['/invitation', true])
    expect(await accessibilityTroubles(page)).toEqual([])
    await keepPicture(page, 'settings-invited')

    await page.reload()
    await invitations.getByText('colleague@school.example').waitFor()
    expect(await invitations.getByLabel('One-time link').count()).toBe(0)
    await invitations
      .getByRole('button', { name: 'Withdraw the invitation of colleague@school.example' })
      .click()
    await invitations.getByText('is withdrawn').waitFor()
    await invitations.getByText('Nobody is invited at the moment.').waitFor()
    expect(troubles).toEqual([])
  })

  test('one changes one’s own password by saying the present one, and what is wrong is said at its field', async () => {
    const person = await system.addPerson('changing', system.schools.ours, ['teacher'])
    const { page, troubles } = await visitAs(browser, system.server.url, person)
    await page.goto('/settings')
    const form = section(page, 'Password')
    await form.getByLabel('Present password').fill('not the present one')
    await form.getByLabel('New password').fill('a longer and newer one')
    await page.keyboard.press('Enter')
    await form.getByText('is not your present password').waitFor()
    expect(await form.getByLabel('New password').inputValue()).toBe('a longer and newer one')
    await form.getByLabel('Present password').fill(password)
    await page.keyboard.press('Enter')
    await form.getByText('Your password is changed.').waitFor()
    expect((await system.signIn(person.email, password)).status).toBe(401)
    expect((await system.signIn(person.email, 'a longer and newer one')).status).toBe(200)
    expect((await person.byCookie.request('GET', 'me')).status).toBe(200)
    expect(troubles).toEqual([])
  })

  test('one signs out elsewhere and then everywhere', async () => {
    const person = await system.addPerson('roaming', system.schools.ours, ['teacher'])
    await system.signIn(person.email, password)
    const { page, troubles } = await visitAs(browser, system.server.url, person)
    await page.goto('/settings')
    const places = section(page, 'Where you are signed in').getByRole('listitem')
    await places.nth(1).waitFor()
    expect(await places.count()).toBe(2)
    await places.filter({ hasNotText: 'this browser' }).getByRole('button').click()
    await places.nth(1).waitFor({ state: 'detached' })

    await page.getByRole('button', { name: 'Sign out everywhere' }).click()
    await page.getByRole('heading', { name: 'Sign in', level: 1 }).waitFor()
    expect((await person.byCookie.request('GET', 'me')).status).toBe(401)
    expect(troubles).toEqual([])
  })

  test('the school gets a name and a time for which it keeps its batches', async () => {
    const { admin } = system.people
    const { page, troubles } = await visitAs(browser, system.server.url, admin)
    await page.goto('/settings')
    const name = page.getByLabel('Name of the school')
    await name.fill(' ')
    await page.keyboard.press('Enter')
    await page.getByText('A school has a name.').waitFor()
    await name.fill('Hill School')
    await page.keyboard.press('Enter')
    await section(page, 'School').getByText('Saved.').waitFor()
    await section(page, 'You').getByText('Hill School').waitFor()

    await page.getByLabel('Keep each batch').selectOption({ label: 'a year' })
    await page.getByText('Batches are kept for a year.').waitFor()
    expect(await admin.json<SchoolView>('GET', 'school')).toMatchObject({
      name: 'Hill School',
      keepDays: 365,
    })
    await page.getByRole('button', { name: 'Undo' }).click()
    await page.getByText('Batches are kept until somebody removes them.').waitFor()
    expect(await admin.json<SchoolView>('GET', 'school')).toMatchObject({ keepDays: null })
    expect(troubles).toEqual([])
  })

  test('a teacher sees what is the teacher’s own; how it looks is kept in the browser; on a phone it fits', async () => {
    const { page, troubles } = await visitAs(browser, system.server.url, system.people.teacher, {
      viewport: { width: 360, height: 740 },
    })
    await page.goto('/settings')
    await section(page, 'Your data').waitFor()
    await section(page, 'Where you are signed in').getByRole('listitem').first().waitFor()
    for (const absent of ['People', 'Invitations', 'School', 'How long batches are kept'])
      expect([absent, await section(page, absent).count()]).toEqual([absent, 0])
    expect(await overflow(page)).toBe(0)
    await page.getByRole('radio', { name: 'Dark' }).check()
    await page.getByRole('switch', { name: 'Keys of a single letter or sign' }).click({ force: true })
    await page.reload()
    await section(page, 'Where you are signed in').getByRole('listitem').first().waitFor()
    expect(await page.getByRole('radio', { name: 'Dark' }).isChecked()).toBe(true)
    expect(await page.getByRole('switch', { name: 'Keys of a single letter or sign' }).isChecked()).toBe(
      false,
    )
    expect(await accessibilityTroubles(page)).toEqual([])
    expect(troubles).toEqual([])
  })

  test('every word of these screens can be translated: in the pseudo-locale none is left as it was', async () => {
    const { admin, teacher } = system.people
    const { batchId } = await teacher.createBatch({ title: 'Pseudo' })
    const [item] = await teacher.upload(batchId, [{ name: 'empty.txt', bytes: Buffer.alloc(0) }])
    const within = await visitAs(browser, system.server.url, admin)
    const outside = await browser.visit(system.server.url)
    const places = [
      [within, '/settings?locale=pseudo', 'section:nth-of-type(7)'],
      [within, '/status?locale=pseudo', 'table'],
      [within, `/files/${item!.fileUploadId}/trace?locale=pseudo`, 'ol > li'],
      [outside, '/sign-in?locale=pseudo', 'form'],
      [outside, '/sign-in?locale=pseudo&forgot=true', 'form'],
      [outside, '/invitation?locale=pseudo#token=nobodys', 'main a'],
      [outside, '/reset?locale=pseudo#token=nobodys', 'form'],
    ] as const
    for (const [{ page }, path, shown] of places) {
      await page.goto('about:blank')
      await page.goto(path)
      await page.locator(shown).first().waitFor()
      await until(
        async () => [path, await untranslated(page)],
        ([, found]) => found!.length === 0,
      )
    }
  })
})
