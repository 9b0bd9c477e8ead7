import { once } from 'node:events'
import WebSocket from 'ws'
import { basicAuthHeader } from '../ocpp/index.ts'
import type { Scenario, StationRow, Version } from './load.ts'

/** One station, spoken for as cheaply as possible: texts are put together by hand, answers looked at by their type. */
export interface LoadStation {
  readonly version: Version
  readonly isOpen: boolean
  boot(): Promise<void>
  /** What follows a boot, so that it may charge. */
  status(): Promise<void>
  /** Its next message in this scenario. */
  step(scenario: Scenario): Promise<void>
  /** Resolves when it stands at the n-th message of the scenario's round: what must come before is sent. */
  prepare(scenario: Scenario, n: number): Promise<void>
  /** Resolves when the socket is closed. */
  close(): Promise<void>
}

type Ask = (action: string, payload: string) => Promise<string>

interface Dialect {
  boot(): Promise<void>
  /** What its connector shows; 2.x knows occupied and available only. */
  show(status: 'Preparing' | 'Charging' | 'Finishing' | 'Available'): Promise<void>
  authorize(): Promise<void>
  start(): Promise<void>
  meter(): Promise<void>
  stop(): Promise<void>
}

type Step = (dialect: Dialect) => Promise<void>
const start: Step = (dialect) => dialect.start()
const meter: Step = (dialect) => dialect.meter()
const stop: Step = (dialect) => dialect.stop()
const authorize: Step = (dialect) => dialect.authorize()
const show =
  (status: Parameters<Dialect['show']>[0]): Step =>
  (dialect) =>
    dialect.show(status)

/** What a station says over and over. */
const rounds = {
  session: [start, meter, meter, meter, stop],
  visit: [
    show('Preparing'),
    authorize,
    start,
    show('Charging'),
    meter,
    meter,
    meter,
    stop,
    show('Finishing'),
    show('Available'),
  ],
} satisfies Partial<Record<Scenario, readonly Step[]>>

/** From several addresses of this machine in turn: a closed connection keeps its port for a minute. */
const SOURCES = 16
let connects = 0

/** Refused for now (503), a station knocks again, as any would; the time it takes goes on counting. */
const KNOCKS = 20
const KNOCK_AGAIN_MS = 500

export async function connect(url: string, row: StationRow, version: Version): Promise<LoadStation> {
  for (let knocks = 1; ; knocks += 1) {
    try {
      return await knock(url, row, version)
    } catch (error) {
      if (knocks === KNOCKS || !String(error).includes('503')) throw error
      await new Promise((resolve) => setTimeout(resolve, KNOCK_AGAIN_MS))
    }
  }
}

async function knock(url: string, row: StationRow, version: Version): Promise<LoadStation> {
  const headers = row.user === undefined ? {} : { Authorization: basicAuthHeader(row.user, row.password ?? '') }
  const localAddress = `127.0.0.${2 + (connects++ % SOURCES)}`
  const socket = new WebSocket(url, version, { headers, perMessageDeflate: false, localAddress })
  await new Promise<void>((resolve, reject) => {
    socket.once('open', resolve)
    socket.once('error', reject)
  })
  socket.on('error', () => {})
  const ask = openAsk(socket)
  const dialect = version === 'ocpp1.6' ? station16(ask, row.uid) : station201(ask, row.uid)
  return { ...withRounds(ask, dialect), version, ...overSocket(socket) }
}

function overSocket(socket: WebSocket): Pick<LoadStation, 'isOpen' | 'close'> {
  return {
    get isOpen() {
      return socket.readyState === WebSocket.OPEN
    },
    async close() {
      if (socket.readyState === WebSocket.CLOSED) return
      socket.close()
      await once(socket, 'close')
    },
  }
}

/** Knows where in a round the station is: 0 is between two. */
function withRounds(ask: Ask, dialect: Dialect): Pick<LoadStation, 'boot' | 'status' | 'step' | 'prepare'> {
  let at = 0
  let round: readonly Step[] = rounds.session
  const next = async (): Promise<void> => {
    const now = round[at]
    at = (at + 1) % round.length
    await now?.(dialect)
  }
  const begin = async (wanted: readonly Step[]): Promise<void> => {
    while (round !== wanted && at !== 0) await next()
    round = wanted
  }
  return {
    boot: dialect.boot,
    status: () => dialect.show('Available'),
    async step(scenario) {
      switch (scenario) {
        case 'connect':
          return dialect.boot()
        case 'heartbeat':
          await ask('Heartbeat', '{}')
          return
        case 'meter':
          return dialect.meter()
        case 'session':
        case 'visit':
          return next()
      }
    },
    async prepare(scenario, n) {
      if (scenario === 'connect' || scenario === 'heartbeat') return
      await begin(scenario === 'meter' ? rounds.session : rounds[scenario])
      if (scenario === 'meter') {
        if (at === 0) await next()
        return
      }
      while (at !== n % round.length) await next()
    },
  }
}

let heardAt = performance.now()

/** Milliseconds since any station last heard anything. */
export const silentMs = (): number => performance.now() - heardAt

/** One CALL at a time; a CALL of the server is answered NotSupported. Rejects when the answer is an error. */
function openAsk(socket: WebSocket): Ask {
  let open: { resolve: (text: string) => void; reject: (error: Error) => void } | undefined
  let number = 0
  socket.on('message', (data: Buffer) => {
    heardAt = performance.now()
    const text = data.toString()
    if (text.startsWith('[2,')) {
      const [, id] = JSON.parse(text) as [number, string]
      socket.send(JSON.stringify([4, id, 'NotSupported', '', {}]))
    } else if (text.startsWith('[3,')) open?.resolve(text)
    else open?.reject(new Error(`refused: ${text}`))
  })
  socket.on('close', (code) => open?.reject(new Error(`closed with ${code}`)))
  return (action, payload) => {
    number += 1
    const text = `[2,"${number}","${action}",${payload}]`
    return new Promise((resolve, reject) => {
      if (socket.readyState !== WebSocket.OPEN) return reject(new Error('the socket is closed'))
      open = { resolve, reject }
      socket.send(text)
    })
  }
}

const POWER_W = 7_400
const EPOCH_MS = Date.UTC(2026, 0)

interface Meter {
  /** A moment and what the register shows then. */
  read(): { readonly at: string; readonly registerWh: number }
  /** A transaction begins: the register stood still until now. */
  plugIn(): void
}

/**
 * True moments, never twice the same millisecond: two readings of one moment would be one reading. The register grows by
 * what the power makes of the time, so that what is measured are sessions about which nobody has a doubt.
 */
function openMeter(): Meter {
  let last = 0
  // Later is more, also after the same station was connected anew.
  let energyWh = (POWER_W * (Date.now() - EPOCH_MS)) / 3_600_000
  const tick = (): number => {
    const now = Math.max(Date.now(), last + 1)
    if (last > 0) energyWh += (POWER_W * (now - last)) / 3_600_000
    last = now
    return now
  }
  return {
    read: () => ({ at: new Date(tick()).toISOString(), registerWh: Math.floor(energyWh) }),
    plugIn() {
      last = Math.max(Date.now() - 1, last)
    },
  }
}

function station16(ask: Ask, uid: string): Dialect {
  const meter = openMeter()
  let transaction = 0
  return {
    async boot() {
      await ask('BootNotification', '{"chargePointVendor":"Bench","chargePointModel":"Load"}')
    },
    async show(status) {
      await ask('StatusNotification', `{"connectorId":1,"errorCode":"NoError","status":"${status}"}`)
    },
    async authorize() {
      await ask('Authorize', `{"idTag":"${uid}"}`)
    },
    async start() {
      meter.plugIn()
      const { at, registerWh } = meter.read()
      const reading = `"meterStart":${registerWh},"timestamp":"${at}"`
      const text = await ask('StartTransaction', `{"connectorId":1,"idTag":"${uid}",${reading}}`)
      const [, , { transactionId, idTagInfo }] = JSON.parse(text)
      if (idTagInfo?.status !== 'Accepted') throw new Error(`not accepted: ${text}`)
      transaction = transactionId
    },
    async meter() {
      const { at, registerWh } = meter.read()
      const energy = `{"value":"${registerWh}","measurand":"Energy.Active.Import.Register","unit":"Wh"}`
      const power = `{"value":"${POWER_W}","measurand":"Power.Active.Import","unit":"W"}`
      const values = `[{"timestamp":"${at}","sampledValue":[${energy},${power}]}]`
      await ask('MeterValues', `{"connectorId":1,"transactionId":${transaction},"meterValue":${values}}`)
    },
    async stop() {
      const { at, registerWh } = meter.read()
      const reading = `"meterStop":${registerWh},"timestamp":"${at}"`
      await ask('StopTransaction', `{"transactionId":${transaction},"idTag":"${uid}",${reading},"reason":"Local"}`)
    },
  }
}

function station201(ask: Ask, uid: string): Dialect {
  const meter = openMeter()
  let transaction = ''
  let seqNo = 0
  const event = (type: string, trigger: string, context: string, more: string): Promise<string> => {
    const { at, registerWh } = meter.read()
    const energy = `{"value":${registerWh},"context":"${context}","measurand":"Energy.Active.Import.Register"}`
    const power = `{"value":${POWER_W},"context":"${context}","measurand":"Power.Active.Import","unitOfMeasure":{"unit":"W"}}`
    const reading = `"meterValue":[{"timestamp":"${at}","sampledValue":[${energy},${power}]}]`
    const head = `"eventType":"${type}","timestamp":"${at}","triggerReason":"${trigger}","seqNo":${seqNo}`
    seqNo += 1
    return ask('TransactionEvent', `{${head},${more},${reading}}`)
  }
  const transactionInfo = (more: string): string => `"transactionInfo":{"transactionId":"${transaction}"${more}}`
  const idToken = `"idToken":{"idToken":"${uid}","type":"ISO14443"}`
  return {
    async boot() {
      await ask('BootNotification', '{"reason":"PowerUp","chargingStation":{"vendorName":"Bench","model":"Load"}}')
    },
    async show(status) {
      const shown = `"connectorStatus":"${status === 'Available' ? 'Available' : 'Occupied'}","evseId":1,"connectorId":1`
      await ask('StatusNotification', `{"timestamp":"${new Date().toISOString()}",${shown}}`)
    },
    async authorize() {
      await ask('Authorize', `{${idToken}}`)
    },
    async start() {
      meter.plugIn()
      transaction = crypto.randomUUID()
      seqNo = 0
      const more = `${transactionInfo(',"chargingState":"Charging"')},"evse":{"id":1,"connectorId":1},${idToken}`
      const text = await event('Started', 'Authorized', 'Transaction.Begin', more)
      const [, , { idTokenInfo }] = JSON.parse(text)
      if (idTokenInfo !== undefined && idTokenInfo.status !== 'Accepted') throw new Error(`not accepted: ${text}`)
    },
    async meter() {
      await event('Updated', 'MeterValuePeriodic', 'Sample.Periodic', transactionInfo(',"chargingState":"Charging"'))
    },
    async stop() {
      const more = `${transactionInfo(',"stoppedReason":"Local"')},${idToken}`
      await event('Ended', 'StopAuthorized', 'Transaction.End', more)
    },
  }
}
