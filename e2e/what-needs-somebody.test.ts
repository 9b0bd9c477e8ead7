import pg from 'pg'
import type { Browser, Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect } from 'vitest'
import { newId } from '../server/src/platform/index.ts'
import { launchBrowser } from './browser.ts'
import { axeFaults } from './kit/axe.ts'
import { type Borrowed, startBorrowed } from './kit/borrowed.ts'
import { must } from './kit/page-reading.ts'
import { openStage, spoken, type Stage, word } from './kit/stage.ts'
import { openStation, type StationSocket } from './kit/station-socket.ts'
import { openStory } from './kit/story.ts'
import { until } from './kit/until.ts'

/** What staff see of alerts: a fault that comes and goes by itself, an incident, what is closed by hand, and the limits. */

const desk = { width: 1440, height: 900 }
const key = 'the-key-of-this-station'

let borrowed: Borrowed
let browser: Browser
let stage: Stage
let page: Page
let station: { readonly id: string; readonly number: string }
let socket: StationSocket

const press = (name: string, within: Page | Locator = page): Promise<void> =>
  within.getByRole('button', { name: word(name), exact: true }).click()
const queue = (): Locator => page.getByRole('region', { name: word('portal.alerts.queue') })
const detail = (): Locator => page.getByRole('dialog', { name: word('portal.alerts.detail') })
const chip = (name: string): Promise<void> =>
  queue()
    .getByRole('button', { name: new RegExp(`^${word(name)}`) })
    .click()

beforeAll(async () => {
  ;[borrowed, browser] = await Promise.all([startBorrowed(), launchBrowser()])
  stage = await openStage(browser, borrowed.server.url, { viewport: desk })
  page = stage.page
})
afterAll(async () => {
  await socket?.close()
  await browser?.close()
  await borrowed?.close()
})

async function looksRight(name: string): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    for (const viewport of [desk, { width: 320, height: 700 }]) {
      await page.setViewportSize(viewport)
      await page.locator('[aria-busy="true"]').waitFor({ state: 'detached', timeout: 60_000 })
      await stage.picture(`${name}-${colorScheme}-${viewport.width}`)
      const over = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      )
      expect(over, `${name} ${colorScheme} ${viewport.width}`).toBeLessThanOrEqual(0)
    }
    await page.setViewportSize(desk)
    expect(await axeFaults(page, colorScheme === 'light' ? 'all' : 'contrast')).toEqual([])
  }
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' })
}

/** A queue beside a map must not cut off what can be done, on tablets and small laptops. */
async function reachesTheLastColumn(button: Locator): Promise<void> {
  for (const width of [768, 900, 1024, 1100, 1440]) {
    await page.setViewportSize({ width, height: 900 })
    const [inner, outer] = [
      must((await button.boundingBox()) ?? undefined),
      must((await queue().boundingBox()) ?? undefined),
    ]
    expect(inner.x + inner.width, `${width}`).toBeLessThanOrEqual(outer.x + outer.width)
  }
  await page.setViewportSize(desk)
}

const status = (more: object) =>
  socket.call('StatusNotification', { connectorId: 1, timestamp: Temporal.Now.instant().toString(), ...more })

describe('what needs somebody', () => {
  const part = openStory(() => stage)

  part('is nothing in a new network, and the first screen says so', async () => {
    await until(() => /http\S+sign-in#\S+/.test(borrowed.server.stdout()))
    await page.goto(must(/http\S+sign-in#\S+/.exec(borrowed.server.stdout())?.[0]))
    const field = (name: string) => page.getByLabel(word(name), { exact: true })
    await field('portal.sign-in.make.name').fill('Kotka Lataus')
    await field('portal.sign-in.make.person').fill('Kaisa Virta')
    await field('portal.sign-in.mail').fill('kaisa@kotka.example')
    await press('portal.sign-in.make.make')
    await field('portal.sign-in.set.new').fill('a password that is a sentence')
    await press('portal.sign-in.set.save')
    await page.getByText(word('portal.stations.none.title')).waitFor()
    const site = await stage.rest.post<{ id: string }>('/v1/sites', {
      name: 'Torikatu 21',
      city: 'Kotka',
      latitude: 60.466,
      longitude: 26.945,
    })
    station = await stage.rest.post('/v1/stations', {
      identity: 'KOTKA-1',
      siteId: site.id,
      name: 'By the door',
      securityProfile: 1,
      password: key,
      evses: [{ id: 1, connectors: [{ id: 1, type: 'IEC_62196_T2' }] }],
    })
    socket = await openStation({
      url: `${borrowed.server.stationsUrl('kotka-lataus')}/KOTKA-1`,
      user: 'KOTKA-1',
      password: key,
    })
    await socket.call('BootNotification', { chargePointVendor: 'Acme', chargePointModel: 'One' })
    await page.goto('/')
    await page.getByText(word('portal.alerts.none.open')).waitFor()
  })

  part(
    'is a fault, the moment the station tells of it, with what it means and what to do (SES-TRANSIENT)',
    async () => {
      await status({ status: 'Faulted', errorCode: 'GroundFailure', info: 'RCD 30 mA' })
      const row = queue()
        .getByRole('row')
        .filter({ hasText: word('monitoring.alert.station-faulted') })
      await row.getByText('Torikatu 21').waitFor()
      await row.getByText(word('portal.severity.critical')).waitFor()
      await row.getByText(word('monitoring.fault.GroundFailure')).waitFor()
      await reachesTheLastColumn(row.getByRole('button'))
      await row.getByRole('link').click()
      await detail().getByText(word('monitoring.fault.GroundFailure')).waitFor()
      await detail().getByText('RCD 30 mA').waitFor()
      await looksRight('alert-detail')
    },
  )

  part('is taken on with a note, which others read', async () => {
    await detail().getByLabel(word('portal.alerts.note')).fill('Electrician called')
    await press('portal.alerts.acknowledge', detail())
    await detail().getByText('Electrician called').waitFor()
    await detail()
      .getByText(word('portal.alerts.line.acknowledged', { by: 'Kaisa Virta' }))
      .waitFor()
    await page.keyboard.press('Escape')
    await detail().waitFor({ state: 'detached' })
    await page.getByText(word('portal.alerts.none.open')).waitFor()
    await chip('portal.alerts.state.acknowledged')
    await queue().getByText('Kaisa Virta').waitFor()
  })

  part('is over by itself when the station says so', async () => {
    await status({ status: 'Available', errorCode: 'NoError' })
    await page.getByText(word('portal.alerts.none.acknowledged')).waitFor()
    await chip('portal.alerts.state.cleared')
    await queue().getByText(word('monitoring.alert.station-faulted')).waitFor()
  })

  part('is closed by hand when it tells of something that has happened', async () => {
    await page.goto('/alerts')
    const timestamp = Temporal.Now.instant().toString()
    await socket.call('SecurityEventNotification', { type: 'TamperDetectionActivated', timestamp })
    const text = word('monitoring.alert.security-event', { code: 'TamperDetectionActivated' })
    await queue().getByRole('link', { name: text }).click()
    await press('portal.alerts.close', detail())
    await detail()
      .getByText(word('portal.alerts.line.closed', { by: 'Kaisa Virta' }))
      .waitFor()
    await page.keyboard.press('Escape')
    await page.getByText(word('portal.alerts.none.open')).waitFor()
  })

  part('is one incident when many stations are lost at once, with where they are and which', async () => {
    await plantIncident(station.id)
    await page.goto('/alerts')
    const row = queue().getByRole('row').filter({ hasText: '148 stations fell silent at once' })
    await row.getByText('Torikatu 21').first().waitFor()
    await expect.poll(() => queue().getByRole('row').count()).toBe(2)
    await reachesTheLastColumn(row.getByRole('button'))
    await row.getByRole('link').click()
    await detail()
      .getByRole('link', { name: spoken(station.number) })
      .waitFor()
    await stage.picture('incident-detail')
    await page.keyboard.press('Escape')
    await stage.picture('now-incident')
  })

  part('and how long a session may run is set for all and for a class of cards (SES-LIMIT)', async () => {
    await page.goto('/limits')
    await page.getByLabel(word('portal.limits.duration'), { exact: true }).first().fill('480')
    await press('portal.limits.add-class')
    await page.getByLabel(word('portal.limits.class'), { exact: true }).fill('fleet')
    await page.getByLabel(word('portal.limits.class-duration'), { exact: true }).last().fill('720')
    await press('portal.limits.save', page.getByRole('region', { name: word('portal.limits.sessions') }))
    await page.getByText(word('portal.limits.saved')).waitFor()
    expect(await stage.rest.get('/v1/session-limits')).toMatchObject({
      durationSeconds: 28_800,
      classes: [{ class: 'fleet', durationSeconds: 43_200 }],
    })
    await stage.picture('limits')
    await page.reload()
    await page.locator('input[value="fleet"]').waitFor()
  })

  part('and the site is changed on its page, and cannot go from under its station (ST-CRUD, ST-GEO)', async () => {
    await page.goto('/sites')
    const row = page.getByRole('row').filter({ hasText: 'Torikatu 21' })
    await row.getByRole('button', { name: word('portal.sites.change') }).click()
    await page.getByLabel(word('portal.sites.access'), { exact: true }).fill('Gate code 1234')
    await press('portal.sites.edit.save')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    const sites = await stage.rest.get<{ items: { access?: string }[] }>('/v1/sites')
    expect(sites.items.map(({ access }) => access)).toEqual(['Gate code 1234'])
    await row.getByRole('button', { name: new RegExp(`^${word('portal.sites.remove')}`) }).click()
    await row.getByRole('button', { name: word('portal.sites.really-remove', { name: 'Torikatu 21' }) }).click()
    await page.getByText(word('stations.refusal.site-has-stations')).waitFor()
    await stage.picture('sites')
    await press('portal.sites.add.title')
    await page.getByLabel(word('portal.sites.name'), { exact: true }).fill('Satama')
    await page.getByLabel(word('portal.sites.latitude'), { exact: true }).fill('60,17')
    await page.getByLabel(word('portal.sites.longitude'), { exact: true }).fill('24,95')
    await stage.picture('site-new')
    await press('portal.sites.add.do')
    await page.getByRole('link', { name: 'Satama' }).waitFor()
    expect(stage.faults()).toEqual([])
  })
})

/** An incident as the watchers make one, which takes them a minute; they are shown in `monitoring/watch.test.ts`. */
async function plantIncident(stationId: string): Promise<void> {
  const owner = new pg.Client(borrowed.owner)
  await owner.connect()
  const { rows } = await owner.query<{ tenant_id: string; site_id: string }>(
    'select tenant_id, site_id from stations where id = $1',
    [stationId],
  )
  const { tenant_id: tenantId, site_id: siteId } = must(rows[0])
  const [incident, at] = [newId(), Temporal.Now.instant().subtract({ minutes: 14 }).toString()]
  const places = [
    { siteId, name: 'Torikatu 21', silent: 102 },
    { siteId: newId(), name: 'Kauppakeskus Iso-Pääskynen ja sen pysäköintihalli, itäinen sisäänajo', silent: 43 },
  ]
  const evidence = { lost: 148, silent: 145, back: 3, places, firstAt: at, lastAt: at }
  const insert = `insert into alerts (tenant_id, id, kind, severity, subject, station_id, incident_id, since, last_at, evidence, history)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $8, $9, $10)`
  const began = JSON.stringify([{ at, what: 'began', severity: 'critical' }])
  await owner.query('begin')
  // So that the watchers, who see that nobody is lost, leave it open; also where they have not begun with this network yet.
  const later = Temporal.Now.instant().add({ hours: 1 }).toString()
  await owner.query(
    `insert into watches (tenant_id, id, due_at, watching_since) values ($1, $1, $2, $2)
     on conflict (tenant_id, id) do update set due_at = excluded.due_at`,
    [tenantId, later],
  )
  await owner.query(insert, [
    tenantId,
    incident,
    'stations-lost',
    'critical',
    'network/x',
    null,
    null,
    at,
    JSON.stringify(evidence),
    began,
  ])
  await owner.query(insert, [
    tenantId,
    newId(),
    'station-offline',
    'minor',
    stationId,
    stationId,
    incident,
    at,
    '{}',
    began,
  ])
  await owner.query('commit')
  await owner.end()
}
