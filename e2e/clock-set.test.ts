import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Borrowed, startBorrowed } from './kit/borrowed.ts'
import { addCard, addStation, addTariff, makeNetwork, type Network } from './kit/network.ts'
import type { List } from './kit/rest.ts'
import { openStrictClient, type StrictClient } from './kit/strict-client.ts'
import { until } from './kit/until.ts'

const HOUR_MS = 3_600_000
const uid = '04A1B2C3D4E5F6'

let folder: string
let borrowed: Borrowed
let network: Network
beforeAll(async () => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'lataamo-clock-'))
  setClock(0)
  borrowed = await startBorrowed({
    NODE_OPTIONS: `--import=${fileURLToPath(new URL('kit/stepped-clock.ts', import.meta.url))}`,
    CLOCK_STEP_FILE: path.join(folder, 'off'),
  })
  network = await makeNetwork(borrowed.server, 'clock')
  await addTariff(network)
  await addCard(network, uid)
  await network.rest.patch('/v1/session-limits', { durationSeconds: 1_800 })
})
afterAll(async () => {
  await borrowed?.close()
  fs.rmSync(folder, { recursive: true, force: true })
})

/** The server's machine is off by so much from now on. Renamed into place, so that it is never read half. */
function setClock(offMs: number): void {
  fs.writeFileSync(path.join(folder, 'off.new'), String(offMs))
  fs.renameSync(path.join(folder, 'off.new'), path.join(folder, 'off'))
}

const timesSet = (): number => (borrowed.server.stdout() + borrowed.server.stderr()).split('was set').length - 1

interface Charging {
  readonly id: string
  readonly client: StrictClient
  readonly transactionId: unknown
}

/** A charge that began so many seconds ago, by true time. */
async function begin(identity: string, secondsAgo: number, more: object = {}): Promise<Charging> {
  const { id, password } = await addStation(network, { identity, more: { ...more } })
  const client = await openStrictClient({ endpoint: network.stationsUrl, identity, password, protocol: 'ocpp1.6' })
  await client.call('BootNotification', { chargePointVendor: 'Others', chargePointModel: 'S' })
  const timestamp = Temporal.Now.instant().subtract({ seconds: secondsAgo }).toString({ smallestUnit: 'millisecond' })
  const { transactionId } = await client.call('StartTransaction', {
    connectorId: 1,
    idTag: uid,
    meterStart: 0,
    timestamp,
  })
  return { id, client, transactionId }
}

const isStopped = ({ client }: Charging): boolean => client.asked.includes('RemoteStopTransaction')

it('a server whose clock is set an hour forward and back stops no session early and none late, and flags none (row 35)', async () => {
  const long = await begin('LONG', 0)
  setClock(HOUR_MS)
  await until(() => timesSet() === 1)
  // Its time is nearly over for this one, and deadlines are looked at as ever: it is stopped, the other is not.
  const forward = await begin('FORWARD', 50, { maxDurationSeconds: 60 })
  await until(() => isStopped(forward), 120_000)
  expect(isStopped(long)).toBe(false)
  setClock(0)
  await until(() => timesSet() === 2)
  const back = await begin('BACK', 50, { maxDurationSeconds: 60 })
  await until(() => isStopped(back), 120_000)
  expect(isStopped(long)).toBe(false)
  for (const { client, transactionId } of [long, forward, back]) {
    const timestamp = Temporal.Now.instant().toString({ smallestUnit: 'millisecond' })
    await client.call('StopTransaction', { transactionId, meterStop: 30, timestamp })
    expect(client.faults).toEqual([])
    await client.close()
  }
  const { items } = await network.rest.get<List<{ state: string; flags: string[]; stationId: string }>>('/v1/sessions')
  const flags = Object.fromEntries(items.map((session) => [session.stationId, [session.state, ...session.flags]]))
  expect(flags[long.id]).toEqual(['ended'])
  expect(items.flatMap((session) => session.flags).filter((flag) => flag === 'clock-corrected')).toEqual([])
}, 400_000)
