import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { launchBrowser } from './browser.ts'
import { type Borrowed, startBorrowed } from './kit/borrowed.ts'
import { addStation, addTariff, type MadeStation, makeNetwork, type Network } from './kit/network.ts'
import type { List } from './kit/rest.ts'
import { openStage, type Stage } from './kit/stage.ts'
import { knock, openStation } from './kit/station-socket.ts'
import { found } from './kit/until.ts'
import { cut, payloads, rawControl } from './kit/xss-corpus.ts'

/** Attack 13: texts that hurt, in every field that a station or a program can fill, and then every place that shows them. */

let borrowed: Borrowed
let network: Network
let stations: readonly MadeStation[]

beforeAll(async () => {
  borrowed = await startBorrowed({ LOG_LEVEL: 'debug' })
  network = await makeNetwork(borrowed.server, 'hostile')
  await addTariff(network, '<script>tripped()</script>')
  stations = await Promise.all(payloads.map((text, n) => play(text, n)))
}, 120_000)
afterAll(() => borrowed?.close())

/** What a program may not write is refused with a field error; the rest is kept as it is. */
async function make(path: string, body: Readonly<Record<string, unknown>>): Promise<string | undefined> {
  const reply = await network.rest.send<{ id: string }>('POST', path, body)
  expect([201, 400], reply.text).toContain(reply.status)
  return reply.status === 201 ? reply.body.id : undefined
}

/** A station that says the text wherever it can. */
async function play(text: string, n: number): Promise<MadeStation> {
  const siteId = await make('/v1/sites', { name: cut(text, 100), city: cut(text, 100), address: cut(text, 100) })
  await make('/v1/id-tokens', { uid: `HOSTILE${n}`, label: cut(text, 100) })
  await make('/v1/id-tokens', { uid: cut(text, 36) })
  await make('/v1/keys', { name: cut(text, 100), role: 'viewer' })
  await make('/v1/staff', { name: cut(text, 100), mail: `p${n}@hostile.example`, role: 'viewer' })
  const station = await addStation(network, { identity: `HOSTILE-${n}`, more: siteId === undefined ? {} : { siteId } })
  // Also where a name with control characters is refused.
  await network.rest.send('PATCH', `/v1/stations/${station.id}`, { name: cut(text, 100) })
  const url = `${network.stationsUrl}/${station.identity}`
  const socket = await openStation({ url, user: station.identity, password: station.password })
  const boot = await socket.call('BootNotification', {
    chargePointVendor: cut(text, 20),
    chargePointModel: cut(text, 20),
    chargePointSerialNumber: cut(text, 25),
    firmwareVersion: cut(text, 50),
    iccid: cut(text, 20),
    meterType: cut(text, 25),
  })
  expect(boot, text).toMatchObject([3, expect.any(String), { status: 'Accepted' }])
  const now = Temporal.Now.instant().toString({ smallestUnit: 'second' })
  await socket.call('StatusNotification', {
    connectorId: 1,
    status: 'Faulted',
    errorCode: 'OtherError',
    info: cut(text, 50),
    vendorId: cut(text, 255),
    vendorErrorCode: cut(text, 50),
  })
  await socket.call('DataTransfer', { vendorId: cut(text, 255), messageId: cut(text, 50), data: text })
  const start = { connectorId: 1, idTag: cut(text, 20), meterStart: 0, timestamp: now }
  const [, , answer] = await socket.call('StartTransaction', start)
  const { transactionId } = answer as { transactionId: number }
  await socket.call('StopTransaction', { transactionId, meterStop: 100, timestamp: now, idTag: cut(text, 20) })
  await socket.call('DiagnosticsStatusNotification', { status: cut(text, 20) })
  socket.raw(JSON.stringify([2, cut(text, 36), cut(text, 36), { text }]))
  await socket.next(([type]) => type === 4)
  socket.raw(text)
  expect(await socket.call('Heartbeat', {}), text).toMatchObject([3, expect.any(String), {}])
  await knock({ url: `${network.stationsUrl}/${encodeURIComponent(cut(text, 48))}`, user: 'x', password: text })
  await socket.close()
  return station
}

describe('texts that hurt (attack 13)', () => {
  it('are in what the tests look at', async () => {
    const { items } = await network.rest.get<List<{ vendor: string }>>('/v1/stations?limit=200')
    expect(items.filter(({ vendor }) => vendor !== '').length).toBe(payloads.length)
    expect(items.map(({ vendor }) => vendor)).toEqual(expect.arrayContaining([cut(payloads[0] ?? '', 20)]))
  })

  it('reach no log line as control characters, and make no line of their own', async () => {
    const { server } = borrowed
    for (const line of server.stderr().split('\n').filter(Boolean)) {
      expect(line).not.toMatch(rawControl)
      expect(Object.keys(JSON.parse(line) as object)).toEqual(expect.arrayContaining(['level', 'time', 'msg']))
      expect(line).not.toMatch(/"msg":"made up"/)
      // Whom it is about stands in ids; no uid, no name, no password (attack 43).
      for (const secret of [network.key, 'HOSTILE1"', ...stations.map(({ password }) => password)])
        expect(line.includes(secret), line).toBe(false)
    }
    expect(server.stdout()).not.toMatch(rawControl)
  })

  it('come out of REST as JSON and nothing else', async () => {
    const paths = [
      'sites',
      'stations',
      'id-tokens',
      'keys',
      'staff',
      'tariffs',
      'sessions',
      'session-records',
      'alerts',
      'audit',
      'refused-stations',
    ]
    const each = stations.flatMap(({ id }) => [
      `stations/${id}`,
      `stations/${id}/ocpp-log`,
      `stations/${id}/refused-messages`,
    ])
    for (const path of [
      ...paths.map((name) => `${name}?limit=200`),
      ...each,
      'map',
      'nothing/<script>tripped()</script>',
    ]) {
      const reply = await network.rest.send('GET', `/v1/${path}`)
      expect(reply.headers.get('content-type'), path).toMatch(/^application\/(problem\+)?json/)
      expect(reply.headers.get('x-content-type-options'), path).toBe('nosniff')
      // oxlint-disable-next-line no-control-regex
      expect(reply.text, path).not.toMatch(/[\u0000-\u001f]/)
    }
  })
})

describe('in a browser', () => {
  let browser: Browser
  let stage: Stage

  beforeAll(async () => {
    browser = await launchBrowser()
    stage = await openStage(browser, borrowed.server.url, { viewport: { width: 1440, height: 900 } })
    const { page } = stage
    await page.addInitScript(() => {
      const marked = globalThis as unknown as { tripped: () => void; wasTripped: boolean }
      marked.wasTripped = false
      marked.tripped = () => {
        marked.wasTripped = true
      }
    })
    page.on('dialog', (dialog) => void dialog.dismiss())
    const { invitationUrl } = await network.rest.post<{ invitationUrl: string }>('/v1/staff', {
      name: 'Aino',
      mail: 'aino@hostile.example',
      role: 'administrator',
    })
    await page.goto(invitationUrl)
    await page.getByRole('button', { name: 'Not now' }).click()
    await page.getByRole('heading', { name: 'Network now' }).waitFor()
  }, 90_000)
  afterAll(async () => {
    await stage?.close()
    await browser?.close()
  })

  async function shown(path: string): Promise<string> {
    const { page } = stage
    await page.goto(path)
    await page.locator('h1').first().waitFor({ state: 'attached' })
    await page.locator('.bone').first().waitFor({ state: 'detached' })
    return page.locator('body').innerText()
  }

  it('no page runs them, or makes elements of them', async () => {
    const { page } = stage
    const sessions = await network.rest.get<List<{ id: string }>>('/v1/sessions?limit=200')
    const tariffs = await network.rest.get<List<{ id: string }>>('/v1/tariffs')
    const paths = [
      '/map',
      '/stations',
      '/stations/add',
      '/sessions',
      '/alerts',
      '/cards',
      '/tariffs',
      '/docs',
      `/tariffs/${tariffs.items[0]?.id}`,
      // Where one station is shown by itself: those whose texts are markup. The lists above hold all twenty.
      ...stations.slice(0, 8).map(({ id }) => `/stations/${id}`),
      ...stations.slice(0, 3).map(({ number }) => `/s/${number}`),
      ...sessions.items.slice(-3).map(({ id }) => `/sessions/${id}`),
    ]
    let texts = ''
    for (const path of paths) {
      texts += await shown(path)
      expect(await hurtBy(page), path).toEqual([])
    }
    expect(stage.faults()).toEqual([])
    // They were there, as the texts they are.
    for (const text of payloads.slice(0, 4)) expect(texts).toContain(cut(text, 20))
  }, 120_000)

  it('would show a page that did', async () => {
    const { page } = stage
    for (const text of [
      '<img src=x onerror="tripped()">',
      '<a href="javascript:tripped()">x</a>',
      '<iframe srcdoc="x">',
    ]) {
      await shown('/cards')
      await page.evaluate((html) => document.body.insertAdjacentHTML('beforeend', html), text)
      expect(await hurtBy(page), text).not.toEqual([])
    }
    await shown('/cards')
    await page.evaluate(() => (globalThis as unknown as { tripped: () => void }).tripped())
    expect(await hurtBy(page)).toEqual(['the tripwire'])
    // Even then the policy keeps the script from running.
    await shown('/cards')
    await page.evaluate(() => document.body.insertAdjacentHTML('beforeend', '<img src=x onerror="tripped()">'))
    await found(async () => (stage.faults().some((fault) => /Content Security Policy/.test(fault)) ? true : undefined))
    expect(await page.evaluate(() => (globalThis as unknown as { wasTripped: boolean }).wasTripped)).toBe(false)
  })
})

/** What only markup of somebody else's could have made. */
function hurtBy(page: Page): Promise<readonly string[]> {
  return page.evaluate(() => {
    const made = document.querySelectorAll(
      'script:not([src]), iframe[srcdoc], img[src="x"], [onerror], [onload], [ontoggle], [onmouseover], a[href^="javascript:"]',
    )
    const { wasTripped } = globalThis as unknown as { wasTripped: boolean }
    return [...[...made].map((element) => element.outerHTML), ...(wasTripped ? ['the tripwire'] : [])]
  })
}
