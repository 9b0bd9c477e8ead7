import { describe, expect, it } from 'vitest'
import { bodiesOfEvents } from './events.ts'

const AT = '2026-11-26T08:00:00Z'
const RECEIVED = Temporal.Instant.from('2026-11-26T08:00:07Z')
const EVSE = { id: 2 }
const CONNECTOR = { id: 2, connectorId: 1 }

/** One event as a station tells it: its place, what it is about, its value, and more. */
function told(component: object, name: string, actualValue: string, more: object = {}) {
  const event = { eventId: 1, timestamp: AT, trigger: 'Delta', actualValue, component, variable: { name }, ...more }
  return bodiesOfEvents({ generatedAt: AT, seqNo: 0, eventData: [event] }, RECEIVED)
}
const alerted = (name: string, actualValue: string, more: object = {}) =>
  told({ name: 'Connector', evse: CONNECTOR }, name, actualValue, { trigger: 'Alerting', ...more })

describe('an AvailabilityState of NotifyEvent is a status', () => {
  it.each([
    [{ name: 'Connector', evse: CONNECTOR }, 2, 1],
    [{ name: 'EVSE', evse: EVSE }, 2, 0],
    [{ name: 'ChargingStation' }, 0, 0],
    [{ name: 'chargingSTATION' }, 0, 0],
  ])('of %j', (component, evse, connector) => {
    const bodies = told(component, 'availabilitySTATE', 'Faulted', { techCode: 'E7', techInfo: 'hot' })
    const where = { evse, connector, reportedAt: Temporal.Instant.from(AT) }
    expect(bodies).toEqual([{ kind: 'evse-status', ...where, status: 'faulted', vendorErrorCode: 'E7', info: 'hot' }])
    expect(told(component, 'AvailabilityState', 'Occupied')).toEqual([
      { kind: 'evse-status', ...where, status: 'occupied' },
    ])
  })

  it.each([
    ['of another component', { name: 'TokenReader', evse: EVSE }, 'AvailabilityState', 'Available'],
    ['of another variable', { name: 'EVSE', evse: EVSE }, 'Available', 'Available'],
    ['of a value that is none', { name: 'EVSE', evse: EVSE }, 'AvailabilityState', 'constructor'],
  ])('and not one %s: that is kept', (_, component, name, value) => {
    expect(told(component, name, value)).toMatchObject([{ kind: 'recorded', what: 'NotifyEvent' }])
  })
})

describe('an alert of NotifyEvent is a problem', () => {
  it('with its place, and its text, else its value', () => {
    const problem = { kind: 'problem', code: 'Connector.Overheat', severity: 'major', cleared: false }
    expect(alerted('Overheat', 'true', { techInfo: 'hot' })).toEqual([
      { ...problem, evse: 2, connector: 1, text: 'hot', reportedAt: Temporal.Instant.from(AT) },
    ])
    const ofStation = told({ name: 'Connector' }, 'Overheat', 'true', { trigger: 'Alerting', timestamp: 'never' })
    expect(ofStation).toEqual([{ ...problem, text: 'true', reportedAt: RECEIVED }])
    expect(told({ name: 'Connector', evse: EVSE }, 'Problem', 'true')).toMatchObject([
      { kind: 'problem', evse: 2, cleared: false },
    ])
  })

  it.each([
    [0, 'critical'],
    [2, 'critical'],
    [3, 'major'],
    [5, 'major'],
    [6, 'minor'],
    [9, 'minor'],
    [undefined, 'major'],
  ])('of severity %s is %s', (severity, word) => {
    expect(alerted('Temperature', '90', severity === undefined ? {} : { severity })).toMatchObject([{ severity: word }])
  })

  it.each([
    ['Temperature', '40', { cleared: true }, true],
    ['Temperature', '40', { cleared: false }, false],
    ['Overheat', ' False', {}, true],
    ['SupplyFailure', 'false', {}, true],
    ['tripped', 'FALSE', {}, true],
    ['Problem', 'false', {}, true],
    ['Overheat', 'true', {}, false],
    // Here false is no good news.
    ['Active', 'false', {}, false],
  ])('that says %s is %s %j: over (%s)', (name, value, more, cleared) => {
    expect(alerted(name, value, more)).toMatchObject([{ kind: 'problem', cleared }])
  })

  it('and what is neither is kept whole, once, behind what is known of it', () => {
    const event = (trigger: string, name: string) => {
      const component = { name: 'EVSE', evse: EVSE }
      return { eventId: 1, timestamp: AT, trigger, actualValue: '1', component, variable: { name } }
    }
    const payload = {
      eventData: [event('Periodic', 'Power'), event('Alerting', 'Temperature'), event('Delta', 'Power')],
    }
    expect(bodiesOfEvents(payload, RECEIVED)).toMatchObject([
      { kind: 'problem', code: 'EVSE.Temperature' },
      { kind: 'recorded', what: 'NotifyEvent', content: payload },
    ])
  })
})
