import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { count, firstRegister, powerInto } from './energy.ts'
import { newStation } from './new-station.ts'
import type { Car, EvseSpec, EvseState, Transaction } from './state.ts'

const car: Car = {
  batteryWh: 60_000,
  socPercent: 40,
  maxAcPowerW: 11_000,
  maxDcPowerW: 150_000,
  phases: 3,
  wantsPercent: 100,
}
const ac: EvseSpec = {
  id: 1,
  connectors: 1,
  connectorType: 'IEC_62196_T2',
  current: 'AC',
  phases: 3,
  maxPowerW: 22_000,
}
const dc: EvseSpec = { ...ac, connectorType: 'IEC_62196_T2_COMBO', current: 'DC', maxPowerW: 100_000 }

/** The same up to the noise of the curve. */
const near = (watts: number) => ({ least: watts * 0.99, most: watts * 1.01 })

describe('what flows into a car', () => {
  it.each([
    ['the car limits an AC socket', ac, car, 60, near(11_000)],
    ['the socket limits the car', { ...ac, maxPowerW: 7400 }, car, 60, near(7400)],
    ['a car of one phase takes a third of the socket', ac, { ...car, phases: 1, maxAcPowerW: 7400 }, 60, near(7333)],
    ['DC climbs a ramp', dc, car, 5, near(25_000)],
    ['DC keeps its plateau', dc, car, 60, near(100_000)],
    ['DC goes down from 80 % on', dc, { ...car, socPercent: 90 }, 600, near(55_000)],
    ['AC goes down only at the very end', ac, { ...car, socPercent: 96 }, 600, near(11_000)],
  ] as const)('%s', (_, spec, who, seconds, { least, most }) => {
    const power = powerInto(who, spec, seconds)
    expect(power).toBeGreaterThan(least)
    expect(power).toBeLessThan(most)
  })
})

function charging(spec: EvseSpec, who: Car): EvseState {
  const [evse] = newStation({ identity: 'S', protocol: 'ocpp2.0.1', evses: [spec] }, 0).evses
  if (evse === undefined) throw new Error('no EVSE')
  const transaction = { chargingState: 'Charging', energyFrom: 0 } as unknown as Transaction
  return { ...evse, connector: 1, car: who, transaction }
}

describe('the register', () => {
  it('never counts backwards, nor more than the car asked for, however often it is looked at', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 4000 }), { maxLength: 30 }),
        fc.integer({ min: 0, max: 100 }),
        fc.boolean(),
        (seconds, socPercent, isDirect) => {
          let evse = charging(isDirect ? dc : ac, { ...car, socPercent })
          const first = evse.registerWh
          for (const at of seconds) {
            const next = count(evse, at * 1000)
            expect(next.registerWh).toBeGreaterThanOrEqual(evse.registerWh)
            evse = next
          }
          expect(evse.registerWh - first).toBeLessThanOrEqual(((100 - socPercent) / 100) * car.batteryWh + 1e-6)
        },
      ),
    )
  })

  it('counts the same in one look or in many, to within the width of a step', () => {
    let often = charging(ac, car)
    for (let at = 0; at <= 3600; at += 7) often = count(often, at * 1000)
    const once = count(charging(ac, car), 3_600_000)
    const total = once.registerWh - charging(ac, car).registerWh
    expect(Math.abs(count(often, 3_600_000).registerWh - once.registerWh)).toBeLessThan(total * 0.01)
    expect(total).toBeGreaterThan(10_900)
    expect(total).toBeLessThan(11_100)
  })

  it('begins later, the later the station is started, faster than the station could have delivered meanwhile', () => {
    const at = Temporal.Instant.from('2026-11-26T08:00:00Z').epochMilliseconds
    const hours = 24 * 30
    expect(firstRegister('S', ac, at + hours * 3_600_000) - firstRegister('S', ac, at)).toBeGreaterThan(hours * 11_000)
  })
})
