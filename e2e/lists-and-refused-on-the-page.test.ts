import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { startStation, type TestStation } from '../simulator/testing.ts'
import { launchBrowser } from './browser.ts'
import { axeFaults } from './kit/axe.ts'
import { type Borrowed, startBorrowed } from './kit/borrowed.ts'
import { addCard, addStation, makeNetwork, type Network } from './kit/network.ts'
import { signInAs } from './kit/people.ts'
import { openStage, spoken, type Stage, word } from './kit/stage.ts'
import { bootOf, openStation } from './kit/station-socket.ts'

/** A station's page: its local list, what was refused and is judged again by a click, who is let in, and who is removed. */

let borrowed: Borrowed
let browser: Browser
let network: Network
let stage: Stage
let listed: TestStation

beforeAll(async () => {
  ;[borrowed, browser] = await Promise.all([startBorrowed(), launchBrowser()])
  network = await makeNetwork(borrowed.server, 'page')
  const person = { name: 'Otto', mail: 'otto@page.example', role: 'operator' } as const
  stage = await openStage(browser, borrowed.server.url, { viewport: { width: 1440, height: 900 } })
  await signInAs(stage.page, network, person)
})
afterAll(async () => {
  await listed?.stop()
  await browser?.close()
  await borrowed?.close()
})

async function faultsInEveryLook(name: string): Promise<readonly string[]> {
  const { page } = stage
  const faults: string[] = []
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    for (const width of [1440, 320]) {
      await page.setViewportSize({ width, height: 900 })
      const over = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      )
      // Axe takes long: once in each scheme.
      const isLooked = (colorScheme === 'light') === (width === 1440)
      const found = isLooked ? await axeFaults(page) : []
      if (over > 0) faults.push(`${name}, ${colorScheme}, ${width}: ${over} px too wide`)
      faults.push(...found.map((one) => `${name}, ${colorScheme}, ${width}: ${one}`))
      await stage.picture(`${name}-${colorScheme}-${width}`)
    }
  }
  await page.setViewportSize({ width: 1440, height: 900 })
  return faults
}

it('a list is turned on, comes into step before one’s eyes, and is sent whole again', async () => {
  const { page } = stage
  await addCard(network, '04AA00BB11C009')
  const made = await addStation(network, { identity: 'LISTED' })
  listed = await startStation({ ...made, url: network.stationsUrl, protocol: 'ocpp1.6' })
  await page.goto(`/stations/${made.id}`)
  const panel = page.getByRole('region', { name: word('portal.stations.list.title') })
  await panel.getByText(word('portal.stations.list.state.off')).waitFor()
  await panel.getByRole('combobox').selectOption('all')
  await panel.getByText(word('portal.stations.list.state.in-step')).waitFor()
  await panel
    .getByText(word('portal.stations.list.version', { version: 1, count: 1 }))
    .first()
    .waitFor()
  expect(await faultsInEveryLook('local-list')).toEqual([])
  await panel.getByRole('button', { name: word('portal.stations.list.send') }).click()
  await listed.until(({ localList }) => localList.version === 2)
}, 180_000)

it('a refused message stands there with its reason and is judged again', async () => {
  const { page } = stage
  const made = await addStation(network, { identity: 'REFUSED' })
  const url = `${network.stationsUrl}/REFUSED`
  const socket = await openStation({ url, user: 'REFUSED', password: made.password })
  await socket.call(...bootOf('ocpp1.6', { chargePointVendor: 'Exempla AG', firmwareVersion: '9' }))
  for (const id of ['one', 'two']) {
    socket.raw(`[2,"${id}","StatusNotification",{"connectorId":1,"status":"FAULTED","vendorErrorCode":17}]`)
    await socket.next(([type]) => type === 4)
  }
  await page.goto(`/stations/${made.id}`)
  const panel = page.getByRole('region', { name: word('portal.stations.refused.title') })
  await panel.getByText(word('portal.stations.refused.count_other', { count: 2 })).waitFor()
  await panel.getByText(word('portal.stations.refused.why.OccurenceConstraintViolation')).waitFor()
  await panel.getByRole('button', { name: word('portal.stations.refused.judge') }).click()
  await panel.getByText(word('portal.stations.refused.outcome.refused')).waitFor()
  // Its new firmware is one that a rule is known for.
  await socket.call(...bootOf('ocpp1.6', { chargePointVendor: 'Exempla AG', firmwareVersion: 'v1.8' }))
  await panel.getByRole('button', { name: word('portal.stations.refused.judge') }).click()
  await panel.getByText(word('portal.stations.refused.outcome.taken')).waitFor()
  await page.reload()
  // Beside its EVSE, and in the alert.
  await page.getByText(word('stations.vendors.exempla.error.contactor-stuck')).nth(1).waitFor()
  expect(await faultsInEveryLook('refused')).toEqual([])
  expect(stage.faults()).toEqual([])
  socket.socket.terminate()
}, 180_000)

it('a station that comes unencrypted is let in until a day, where it was turned away, and is removed again', async () => {
  const { page } = stage
  // Profile 0 needs the exception from this machine, too.
  const made = await addStation(network, { identity: 'PLAIN', more: { securityProfile: 0 } })
  const knock = () => openStation({ url: `${network.stationsUrl}/PLAIN` })
  await expect(knock()).rejects.toThrow('refused with 403')
  await page.goto('/stations/add')
  const refused = page
    .getByRole('region', { name: word('portal.stations.add.refused.title') })
    .getByRole('listitem')
    .filter({ hasText: word('stations.refused.plain-not-allowed') })
  const letIn = refused.getByRole('button', { name: word('portal.stations.add.refused.let-in') })
  // Without a day nothing is asked of the server.
  await letIn.click()
  const day = refused.getByLabel(word('portal.stations.add.plain-until'))
  expect(await day.evaluate((field: HTMLInputElement) => field.validity.valueMissing)).toBe(true)
  await day.fill('2035-06-30')
  await letIn.click()
  await page.getByRole('heading', { name: word('portal.stations.add.made', { number: spoken(made.number) }) }).waitFor()
  const socket = await knock()
  await page
    .getByRole('listitem')
    .filter({ hasText: `${word('portal.step.done')} ${word('portal.stations.add.wait.connected')}` })
    .waitFor()
  await socket.close()
  await page.getByRole('link', { name: word('portal.stations.add.wait.open') }).click()
  await page.getByRole('button', { name: word('portal.stations.edit.title') }).click()
  const dialog = page.getByRole('dialog')
  expect(await dialog.getByLabel(word('portal.stations.add.plain-until')).inputValue()).toBe('2035-06-30')
  await dialog.getByText(word('portal.stations.remove.title')).first().click()
  await dialog.getByLabel(word('portal.stations.hard.type', { number: spoken(made.number) })).fill(made.number)
  await dialog.getByRole('button', { name: word('portal.stations.remove.title') }).click()
  await page.getByRole('heading', { level: 1, name: word('portal.stations.title') }).waitFor()
  const gone = await network.rest.send('GET', `/v1/stations/${made.id}`)
  expect(gone.status).toBe(404)
  expect(stage.faults()).toEqual([])
}, 180_000)
