import { describe, expect, it } from 'vitest'
import {
  acknowledgedBy,
  begun,
  calmLasted,
  causeGone,
  closedBy,
  continues,
  raisedAgain,
  withSeverity,
} from './grouping.ts'

const T0 = Temporal.Instant.from('2026-11-26T08:00:00Z')
const after = (minutes: number): Temporal.Instant => T0.add({ seconds: Math.round(minutes * 60) })
const aino = (minutes: number) => ({ name: 'Aino', note: 'on my way', at: after(minutes) })

describe('an alert', () => {
  it('counts what comes again while it is open, without a line for each', () => {
    const kept = [1, 2, 3].reduce((so, minute) => raisedAgain(so, 'major', after(minute)), begun('major', T0))
    expect(kept).toMatchObject({ count: 4, since: T0, lastAt: after(3), flapping: false })
    expect(kept.history).toHaveLength(1)
  })

  it('is the same one when its cause is back within half an hour, and another one later', () => {
    const gone = causeGone(begun('major', T0), after(5))
    expect(gone.clearedAt).toEqual(after(5))
    expect([continues(gone, after(35)), continues(gone, after(36))]).toEqual([true, false])
    const back = raisedAgain(gone, 'major', after(10))
    expect(back).toMatchObject({ clearedAt: null, since: T0, count: 2, flapping: false })
    expect(back.history.map(({ what }) => what)).toEqual(['began', 'cleared', 'returned'])
  })

  it('comes and goes after three times within an hour, and is over only after a quarter of an hour of calm', () => {
    let kept = begun('minor', T0)
    for (const minute of [5, 10]) kept = raisedAgain(causeGone(kept, after(minute - 1)), 'minor', after(minute))
    expect(kept).toMatchObject({ flapping: true, count: 3 })
    const calm = causeGone(kept, after(11))
    expect(calm).toMatchObject({ clearedAt: null, calmAt: after(11) })
    expect(calmLasted(calm, after(25.9))).toBe(calm)
    // Back before the calm has lasted: it goes on as if it had never gone.
    expect(raisedAgain(calm, 'minor', after(20))).toMatchObject({ calmAt: null, count: 4, flapping: true })
    expect(calmLasted(calm, after(26))).toMatchObject({ clearedAt: after(26), calmAt: null, flapping: false })
  })

  it('keeps who took it on, until it gets worse', () => {
    const taken = acknowledgedBy(begun('minor', T0), aino(1))
    const back = raisedAgain(causeGone(taken, after(2)), 'minor', after(3))
    expect(back.acknowledgedBy).toBe('Aino')
    expect(withSeverity(back, 'major', after(4))).toMatchObject({ acknowledgedAt: null, severity: 'major' })
    expect(withSeverity({ ...back, severity: 'critical' }, 'major', after(4)).acknowledgedBy).toBe('Aino')
    // The one who was first stays; that another did so too stands in the history.
    const second = acknowledgedBy(taken, { name: 'Otto', note: undefined, at: after(5) })
    expect(second).toMatchObject({ acknowledgedBy: 'Aino', acknowledgedAt: after(1) })
    expect(second.history.at(-1)).toMatchObject({ what: 'acknowledged', by: 'Otto' })
  })

  it('needs somebody anew when it comes again after somebody had done with it', () => {
    const closed = closedBy(acknowledgedBy(begun('major', T0), aino(1)), aino(5))
    expect(closed).toMatchObject({ clearedAt: after(5), acknowledgedBy: 'Aino' })
    expect(raisedAgain(closed, 'major', after(10))).toMatchObject({
      clearedAt: null,
      acknowledgedAt: null,
      acknowledgedBy: null,
      count: 2,
    })
  })

  it('has a history that stays short, however often it comes and goes', () => {
    let kept = begun('minor', T0)
    for (let n = 1; n <= 5_000; n += 1) kept = raisedAgain(causeGone(kept, after(n)), 'minor', after(n + 0.5))
    expect(kept.count).toBe(5_001)
    expect(kept.history).toHaveLength(50)
    expect(kept.history[0]).toMatchObject({ what: 'began', at: T0.toString() })
  })
})
