import { expect, it } from 'vitest'
import { load, startChild } from './children.ts'

it('the reference keeps a row for every message that the load saw acknowledged, in both versions', async () => {
  const reference = startChild('reference-server.ts', [])
  const { url } = JSON.parse(await reference.line()) as { url: string }
  const stations = (['ocpp1.6', 'ocpp2.0.1'] as const).map((version, n) => ({ url: url + n, version, uid: `A${n}` }))
  const meter = await load({ scenario: 'meter', warmUpSeconds: 0, seconds: 0.2, stations })
  const session = await load({ scenario: 'session', warmUpSeconds: 0, seconds: 0.2, stations })
  const counted = reference.line()
  await reference.stop()
  const { rows } = JSON.parse(await counted) as { rows: number }
  expect(meter.count).toBeGreaterThan(0)
  expect(session.count).toBeGreaterThan(0)
  expect(meter.p99).toBeGreaterThanOrEqual(meter.median)
  expect(rows).toBeGreaterThanOrEqual(meter.count + 5 * session.count)
})
