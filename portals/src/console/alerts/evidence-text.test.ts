import i18next from 'i18next'
import { expect, it } from 'vitest'
import texts from '../../../../languages/en.json' with { type: 'json' }
import { evidenceRows } from './evidence-text.ts'

const words = i18next.createInstance()
void words.init({
  lng: 'en',
  initAsync: false,
  resources: { en: { translation: texts } },
  interpolation: { prefix: '{', suffix: '}', escapeValue: false },
})

const rowsOf = (evidence: Readonly<Record<string, unknown>>): readonly string[] =>
  evidenceRows(words.t, evidence).map(({ label, text }) => `${label}: ${text.replaceAll('\u00a0', ' ')}`)

it.each<[Readonly<Record<string, unknown>>, readonly string[]]>([
  [
    { seconds: 5_400, how: 'connection-ended', session: 'goes-on' },
    // As of the first look; the alert itself counts on.
    ['How: the connection ended', 'Session on it: goes on'],
  ],
  [{ minutes: 75, heartbeatMinutes: 5 }, ['A heartbeat is due every: 5 min']],
  [{ seconds: 3_600 }, ['How long: 1 h']],
  [{ waiting: 12, minutes: 75 }, ['Waiting: 12', 'How long: 1 h 15 min']],
  [{ offsetSeconds: -94, seconds: 94, direction: 'behind' }, ['Ahead (+) or behind (−): −1 min 34 s']],
  [{ sessionNumber: 841207, state: 'waiting-for-meter' }, ['Session: 841 207', 'State: Waiting for meter']],
  [{ transactionNumber: '9120450' }, ['Transaction: 9120450']],
  [{ energyWh: 12_340 }, ['Energy: 12.34 kWh']],
  [{ freePercent: 4, freeBytes: 1_420_000_000 }, ['Free, %: 4', 'Free: 1.4 GB']],
  [{ name: 'Billing', cause: 'status-503', deliveryId: 'id' }, ['Webhook: Billing', 'Cause: answered with status 503']],
  [{ name: 'Billing', cause: 'timed-out' }, ['Webhook: Billing', 'Cause: no answer in time']],
  [
    { checks: 'register-backwards, unit-jump' },
    ['Findings: The register fell; The unit or the factor changed in mid-session'],
  ],
  [{ errorCode: 'GroundFailure', info: null, vendorErrorCode: '' }, ['Error code: GroundFailure']],
  [{ lost: 8, silent: 3, back: 5, places: [] }, []],
])('says %j as %j', (evidence, rows) => {
  expect(rowsOf(evidence)).toEqual(rows)
})
