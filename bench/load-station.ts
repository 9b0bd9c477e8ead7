import { basicAuthHeader } from '../ocpp/index.ts'
import WebSocket from 'ws'

/** A station as the load generator is told of it. */
export interface StationRow {
  readonly url: string
  readonly version: 'ocpp1.6' | 'ocpp2.0.1'
  /** Absent: no credential is sent. */
  readonly user?: string
  readonly password?: string
  /** The card it charges with. */
  readonly uid: string
}

/** One station, spoken for as cheaply as possible: texts are put together by hand, answers looked at by their type. */
export interface LoadStation {
  boot(): Promise<void>
  start(): Promise<void>
  meter(): Promise<void>
  stop(): Promise<void>
  close(): void
}

type Ask = (action: string, payload: string) => Promise<string>

export async function connect(row: StationRow): Promise<LoadStation> {
  const headers = row.user === undefined ? {} : { Authorization: basicAuthHeader(row.user, row.password ?? '') }
  const socket = new WebSocket(row.url, row.version, { headers, perMessageDeflate: false })
  await new Promise<void>((resolve, reject) => {
    socket.once('open', resolve)
    socket.once('error', reject)
  })
  const ask = openAsk(socket)
  const station = row.version === 'ocpp1.6' ? station16(ask, row.uid) : station201(ask, row.uid)
  return { ...station, close: () => socket.close() }
}

/** One CALL at a time; a CALL of the server is answered NotSupported. Rejects when the answer is an error. */
function openAsk(socket: WebSocket): Ask {
  let open: { resolve: (text: string) => void; reject: (error: Error) => void } | undefined
  let number = 0
  socket.on('message', (data: Buffer) => {
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
      open = { resolve, reject }
      socket.send(text)
    })
  }
}

/** The present, but never twice the same millisecond: two readings of one moment would be one reading. */
function openTicks(): () => string {
  let last = 0
  return () => {
    last = Math.max(Date.now(), last + 1)
    return new Date(last).toISOString()
  }
}

function station16(ask: Ask, uid: string): Omit<LoadStation, 'close'> {
  const tick = openTicks()
  let register = 100_000
  let transaction = 0
  return {
    async boot() {
      await ask('BootNotification', '{"chargePointVendor":"Bench","chargePointModel":"Load"}')
      await ask('StatusNotification', '{"connectorId":1,"errorCode":"NoError","status":"Available"}')
    },
    async start() {
      const meter = `"meterStart":${register},"timestamp":"${tick()}"`
      const text = await ask('StartTransaction', `{"connectorId":1,"idTag":"${uid}",${meter}}`)
      const [, , { transactionId, idTagInfo }] = JSON.parse(text)
      if (idTagInfo?.status !== 'Accepted') throw new Error(`not accepted: ${text}`)
      transaction = transactionId
    },
    async meter() {
      register += 10
      const energy = `{"value":"${register}","measurand":"Energy.Active.Import.Register","unit":"Wh"}`
      const power = '{"value":"7400","measurand":"Power.Active.Import","unit":"W"}'
      const values = `[{"timestamp":"${tick()}","sampledValue":[${energy},${power}]}]`
      await ask('MeterValues', `{"connectorId":1,"transactionId":${transaction},"meterValue":${values}}`)
    },
    async stop() {
      const meter = `"meterStop":${register},"timestamp":"${tick()}"`
      await ask('StopTransaction', `{"transactionId":${transaction},"idTag":"${uid}",${meter},"reason":"Local"}`)
    },
  }
}

function station201(ask: Ask, uid: string): Omit<LoadStation, 'close'> {
  const tick = openTicks()
  let register = 100_000
  let transaction = ''
  let seqNo = 0
  const event = (type: string, trigger: string, context: string, more: string): Promise<string> => {
    const at = tick()
    const energy = `{"value":${register},"context":"${context}","measurand":"Energy.Active.Import.Register"}`
    const power = `{"value":7400,"context":"${context}","measurand":"Power.Active.Import","unitOfMeasure":{"unit":"W"}}`
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
      const status = '"connectorStatus":"Available","evseId":1,"connectorId":1'
      await ask('StatusNotification', `{"timestamp":"${tick()}",${status}}`)
    },
    async start() {
      transaction = crypto.randomUUID()
      seqNo = 0
      const more = `${transactionInfo(',"chargingState":"Charging"')},"evse":{"id":1,"connectorId":1},${idToken}`
      const text = await event('Started', 'Authorized', 'Transaction.Begin', more)
      const [, , { idTokenInfo }] = JSON.parse(text)
      if (idTokenInfo !== undefined && idTokenInfo.status !== 'Accepted') throw new Error(`not accepted: ${text}`)
    },
    async meter() {
      register += 10
      await event('Updated', 'MeterValuePeriodic', 'Sample.Periodic', transactionInfo(',"chargingState":"Charging"'))
    },
    async stop() {
      const more = `${transactionInfo(',"stoppedReason":"Local"')},${idToken}`
      await event('Ended', 'StopAuthorized', 'Transaction.End', more)
    },
  }
}
