/**
 * The integrator's first five minutes, as a program. From nothing but a running Lataamo and its platform key it makes a network, a
 * tariff, a station of each OCPP version and a card; lets the stations charge; and reads what came of it.
 *
 *     LATAAMO_URL=http://127.0.0.1:8080 LATAAMO_PLATFORM_KEY=… node docs/first-five-minutes.ts
 *
 * The stations of 1.6 and 2.0.1 are played by `ocpp-rpc`, a client that others wrote; the one of 2.1 by `npx lataamo simulate`.
 */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { RPCClient } from 'ocpp-rpc'

const server = process.env['LATAAMO_URL'] ?? 'http://127.0.0.1:8080'
const platformKey = process.env['LATAAMO_PLATFORM_KEY']
if (platformKey === undefined)
  throw new Error('Set LATAAMO_PLATFORM_KEY as the server has it (npm start says where it lies).')

/** One REST call. Whatever is not 2xx is a problem with a stable code and a sentence that says what to do. */
async function rest<T>(key: string, method: 'GET' | 'POST', path: string, body?: object): Promise<T> {
  const response = await fetch(`${server}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${key}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      // A POST that is sent again under the same key has no second effect.
      ...(method === 'POST' ? { 'idempotency-key': crypto.randomUUID() } : {}),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const answer = response.status === 204 ? undefined : await response.json()
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${JSON.stringify(answer)}`)
  return answer as T
}

/** Asks until it is so. Live events (`GET /v1/events`) spare the asking; this is shorter. */
async function until<T>(what: string, read: () => Promise<T | undefined>): Promise<T> {
  for (const end = performance.now() + 60_000; performance.now() < end; ) {
    const found = await read()
    if (found !== undefined) return found
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  throw new Error(`${what}: not within a minute`)
}

interface Station {
  readonly id: string
  readonly number: string
  readonly url: string
  readonly password: string
}
interface Session {
  readonly id: string
  readonly number: number
  readonly state: string
  readonly energyWh: number
  readonly cost?: { readonly totals: { readonly inclTax: { readonly minor: string; readonly currency: string } } }
}
interface SessionDetail extends Session {
  readonly meterValues: readonly object[]
  readonly lines: readonly { readonly dimension: string; readonly inclTax: { readonly minor: string } }[]
}
interface SessionRecord {
  readonly revision: number
  readonly energyWh: number
  readonly totals?: { readonly inclTax: { readonly minor: string } }
  readonly handedOn: readonly { readonly to: string; readonly state: string }[]
}
interface Command {
  readonly id: string
  readonly state: string
  readonly answer?: { readonly outcome: string }
}
interface List<T> {
  readonly items: readonly T[]
}

// 1. A network, with the platform's key. Its first administrator's key is shown once; everything else is done with it.
const slug = `five-${crypto.randomUUID().slice(0, 8)}`
const tenant = await rest<{ readonly id: string; readonly key: string }>(platformKey, 'POST', '/v1/tenants', {
  slug,
  name: 'First five minutes',
  currency: 'EUR',
  country: 'FI',
  timeZone: 'Europe/Helsinki',
  languages: ['en'],
})
const { key } = tenant
console.log(`1. network ${slug}`)

// 2. A tariff, as OCPI writes one: half a euro to begin, 40 cents a kWh, 25.5 % VAT within. The first is the default. It holds
// since yesterday: a session is priced by the tariff that held when it began, also one that is told later.
const tariff = await rest<{ readonly id: string; readonly version: number }>(key, 'POST', '/v1/tariffs', {
  name: 'Day and night',
  validFrom: Temporal.Now.instant().subtract({ hours: 24 }).toString({ smallestUnit: 'second' }),
  tariff: {
    currency: 'EUR',
    tax_included: 'YES',
    elements: [
      {
        price_components: [
          { type: 'FLAT', price: '0.50', vat: 25.5, step_size: 1 },
          { type: 'ENERGY', price: '0.40', vat: 25.5, step_size: 1 },
        ],
      },
    ],
  },
})
console.log(`2. tariff, version ${tariff.version}`)

// 3. A station of each version. Which version it speaks it says itself when it connects. The password is shown once.
// What a connector can give bounds what is believed of a session, and billed: the one of 2.0.1 charges lorries.
const makeStation = (identity: string, type: string, maxPowerW: number): Promise<Station> =>
  rest(key, 'POST', '/v1/stations', {
    identity,
    securityProfile: 1,
    state: 'active',
    evses: [{ id: 1, connectors: [{ id: 1, type, maxPowerW }] }],
  })
const old = await makeStation('OLD-16', 'IEC_62196_T2', 11_000)
const new201 = await makeStation('NEW-201', 'MCS', 3_750_000)
const new21 = await makeStation('NEW-21', 'IEC_62196_T2', 11_000)
console.log(`3. stations ${old.number}, ${new201.number}, ${new21.number}: ${old.url} and so on`)

// 4. A card.
const uid = '04A1B2C3D4E5F6'
await rest(key, 'POST', '/v1/id-tokens', { uid, type: 'ISO14443', status: 'active' })
const verdict = await rest<{ readonly valid: boolean }>(key, 'POST', '/v1/validity-checks', {
  for: { idToken: { uid } },
})
assert(verdict.valid)
console.log('4. a card, which may charge')

// 5. A 1.6 station that nobody here wrote. While it reached no server a card was held to it and 4 kWh flowed within half an
// hour. Now that it is back it tells so, each thing with its true time.
const at = (minutesAgo = 0): string =>
  Temporal.Now.instant().subtract({ minutes: minutesAgo }).toString({ fractionalSecondDigits: 3 })
const endpointOf = ({ url }: Station): string => url.slice(0, url.lastIndexOf('/'))
async function connect(station: Station, identity: string, protocol: string): Promise<RPCClient> {
  const client = new RPCClient({
    endpoint: endpointOf(station),
    identity,
    password: station.password,
    protocols: [protocol],
    strictMode: true,
    reconnect: false,
  })
  await client.connect()
  return client
}

const station16 = await connect(old, 'OLD-16', 'ocpp1.6')
const boot = await station16.call('BootNotification', { chargePointVendor: 'Others', chargePointModel: 'Old' })
assert.equal(boot.status, 'Accepted')
const status16 = (status: string): Promise<unknown> =>
  station16.call('StatusNotification', { connectorId: 1, status, errorCode: 'NoError', timestamp: at() })
await status16('Available')
const authorised = await station16.call('Authorize', { idTag: uid })
assert.equal(authorised.idTagInfo.status, 'Accepted')
const started = await station16.call('StartTransaction', {
  connectorId: 1,
  idTag: uid,
  meterStart: 1_000,
  timestamp: at(40),
})
const { transactionId } = started
await station16.call('MeterValues', {
  connectorId: 1,
  transactionId,
  meterValue: [{ timestamp: at(25), sampledValue: [{ value: '3000' }] }],
})
await station16.call('StopTransaction', {
  transactionId,
  meterStop: 5_000,
  timestamp: at(10),
  idTag: uid,
  reason: 'Local',
})
console.log('5. the 1.6 station charged')

// 6. A 2.0.1 station. Nobody holds a card to it: the session is started over REST, and charges while we wait, a kWh a second.
const station201 = await connect(new201, 'NEW-201', 'ocpp2.0.1')
let startAsked: ((asked: { remoteStartId: number; idToken: object }) => void) | undefined
const asked = new Promise<{ remoteStartId: number; idToken: object }>((resolve) => (startAsked = resolve))
station201.handle('RequestStartTransaction', ({ params }) => {
  startAsked?.(params)
  return { status: 'Accepted' }
})
const statusReport = (): Promise<unknown> =>
  station201.call('StatusNotification', { timestamp: at(), connectorStatus: 'Available', evseId: 1, connectorId: 1 })
station201.handle('TriggerMessage', () => {
  setTimeout(() => void statusReport(), 20)
  return { status: 'Accepted' }
})
await station201.call('BootNotification', {
  reason: 'PowerUp',
  chargingStation: { vendorName: 'Others', model: 'New' },
})
await statusReport()
const wished = await rest<Session & { readonly commandId: string }>(key, 'POST', '/v1/sessions', {
  stationId: new201.id,
  evseId: 1,
})
const { remoteStartId, idToken } = await asked
const report = (
  eventType: string,
  triggerReason: string,
  seqNo: number,
  registerWh: number,
  more: object,
): Promise<unknown> =>
  station201.call('TransactionEvent', {
    eventType,
    triggerReason,
    seqNo,
    timestamp: at(),
    evse: { id: 1, connectorId: 1 },
    meterValue: [{ timestamp: at(), sampledValue: [{ value: registerWh, context: contextOf(eventType) }] }],
    ...more,
  })
const seconds = (count: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, count * 1_000))
const contextOf = (eventType: string): string =>
  ({ Started: 'Transaction.Begin', Ended: 'Transaction.End' })[eventType] ?? 'Sample.Periodic'
const transaction = { transactionId: 'tx-1', chargingState: 'Charging' }
await report('Started', 'RemoteStart', 0, 20_000, { idToken, transactionInfo: { ...transaction, remoteStartId } })
await seconds(1.5)
await report('Updated', 'MeterValuePeriodic', 1, 21_500, { transactionInfo: transaction })
await seconds(1.5)
await report('Ended', 'EVDeparted', 2, 23_000, {
  transactionInfo: { transactionId: 'tx-1', chargingState: 'Idle', stoppedReason: 'EVDisconnected' },
})
console.log('6. the 2.0.1 station charged, started over REST')

// 7. A 2.1 station made of software, as the command line plays it.
const home = fileURLToPath(new URL('..', import.meta.url))
const play = ['simulate', '--url', new21.url, '--identity', 'NEW-21', '--password', new21.password, '--card', uid]
const scenario = fileURLToPath(new URL('first-five-minutes.scenario.json', import.meta.url))
const simulated = spawn(
  process.execPath,
  [`${home}bin/lataamo.js`, ...play, '--protocol', 'ocpp2.1', '--scenario', scenario],
  { stdio: ['ignore', 'ignore', 'inherit'] },
)
const [exitStatus] = await once(simulated, 'exit')
assert.equal(exitStatus, 0)
console.log('7. the 2.1 station charged')

// 8. What came of it: session, meter values, price lines, and the record that was handed on to billing.
for (const [version, station] of Object.entries({ '1.6': old, '2.0.1': new201, '2.1': new21 })) {
  const session = await until(`the session of the ${version} station`, async () => {
    const { items } = await rest<List<Session>>(key, 'GET', `/v1/sessions?stationId=${station.id}`)
    return items.find(({ state }) => state === 'ended')
  })
  const detail = await rest<SessionDetail>(key, 'GET', `/v1/sessions/${session.id}`)
  const record = await until(`the record of session ${session.number}`, async () => {
    const { items } = await rest<List<SessionRecord>>(key, 'GET', `/v1/session-records?sessionId=${session.id}`)
    return items.find(({ handedOn }) => handedOn.length > 0 && handedOn.every(({ state }) => state === 'done'))
  })
  const cents = detail.lines.map(({ dimension, inclTax }) => `${dimension} ${inclTax.minor}`).join(', ')
  console.log(
    `8. ${version}: session ${session.number}, ${session.energyWh} Wh, ${detail.meterValues.length} meter values, ` +
      `lines in cents: ${cents}; record ${record.revision} with ${record.totals?.inclTax.minor} handed on`,
  )
}

// 9. A command and its outcome: first what the station answered, then what it did.
const sent = await rest<Command>(key, 'POST', `/v1/stations/${new201.id}/commands`, {
  kind: 'trigger',
  message: 'status',
  evseId: 1,
  connectorId: 1,
})
const settled = await until('the outcome of the command', async () => {
  const command = await rest<Command>(key, 'GET', `/v1/commands/${sent.id}`)
  return ['effect-seen', 'failed', 'timed-out'].includes(command.state) ? command : undefined
})
console.log(`9. trigger: ${settled.answer?.outcome}, ${settled.state}`)
assert.equal(settled.state, 'effect-seen')

await Promise.all([station16.close(), station201.close()])
console.log(`Done. The session started over REST was number ${wished.number}.`)
