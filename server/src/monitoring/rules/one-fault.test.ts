import { describe, expect, it } from 'vitest'
import { oneFaultEach, type SaidAlert } from './one-fault.ts'

const T0 = Temporal.Instant.from('2026-11-26T08:00:00Z')
const said = (
  seconds: number,
  more: Pick<SaidAlert, 'kind' | 'subject' | 'evidence'> & Partial<SaidAlert>,
): SaidAlert => ({
  tenantId: 't',
  stationId: 's',
  severity: 'major',
  at: T0.add({ seconds }),
  ...more,
})
const fault = (seconds: number, evse = 1, errorCode?: string): SaidAlert =>
  said(seconds, { kind: 'station-faulted', subject: `s/${evse}`, evidence: { evse, status: 'faulted', errorCode } })
const problem = (seconds: number, evse = 1, code = 'RCD.Tripped'): SaidAlert =>
  said(seconds, {
    kind: 'station-problem',
    severity: 'critical',
    subject: `s/${evse}/${code}`,
    evidence: { evse, code, text: 'tripped' },
  })
const explained = {
  kind: 'station-faulted',
  subject: 's/1',
  severity: 'critical',
  evidence: { errorCode: 'RCD.Tripped', text: 'tripped' },
}

describe('a fault that a station tells by a status and by an event', () => {
  it('is one alert, whichever comes first, in one message or in two', () => {
    for (const both of [
      [fault(0), problem(0)],
      [problem(0), fault(0)],
    ]) {
      const { raise, clear } = oneFaultEach(both, [])
      expect(new Set(raise.map((one) => one.subject)).size).toBe(1)
      expect(raise.at(-1)).toMatchObject(explained)
      expect(clear).toEqual([])
    }
    expect(oneFaultEach([problem(5)], [fault(0)])).toMatchObject({
      raise: [{ ...explained, explains: true }],
      clear: [],
    })
    const first = problem(0)
    const { raise, clear } = oneFaultEach([fault(5)], [first])
    expect(raise).toMatchObject([explained])
    expect(clear).toEqual([{ ...first, at: fault(5).at }])
    // Told once more, when it is known already.
    expect(oneFaultEach([problem(900)], [fault(0, 1, 'RCD.Tripped')]).raise).toMatchObject([{ explains: true }])
  })

  it('comes back as one, counted once, where the event is told first', () => {
    const known = fault(-600, 1, 'RCD.Tripped')
    const again = oneFaultEach([problem(0)], [known]).raise
    expect(again).toMatchObject([{ ...explained, explains: true }])
    // By then it was counted as having come back.
    const back = { ...known, at: problem(0).at }
    expect(oneFaultEach([fault(3)], [back])).toMatchObject({
      raise: [{ subject: 's/1', evidence: { errorCode: 'RCD.Tripped' }, explains: true }],
      clear: [],
    })
  })

  it('may be told of the station as a whole', () => {
    const whole = { ...problem(5), subject: 's//RCD.Tripped', evidence: { code: 'RCD.Tripped', text: 'tripped' } }
    expect(oneFaultEach([whole], [fault(0)]).raise).toMatchObject([explained])
  })

  it('takes in nothing that is another’s', () => {
    for (const open of [fault(0, 2), fault(-900), fault(0, 1, 'GroundFailure'), { ...fault(0), stationId: 'other' }]) {
      expect(oneFaultEach([problem(5)], [open])).toEqual({ raise: [problem(5)], clear: [] })
    }
    for (const open of [problem(0, 2), problem(-900), { ...problem(0), stationId: 'other' }]) {
      expect(oneFaultEach([fault(5)], [open])).toEqual({ raise: [fault(5)], clear: [] })
    }
    // 1.6 says what it is with the status.
    expect(oneFaultEach([fault(5, 1, 'GroundFailure')], [problem(0)]).clear).toEqual([])
  })
})
