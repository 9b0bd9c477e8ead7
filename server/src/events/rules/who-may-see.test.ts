import { describe, expect, it } from 'vitest'
import { maySee } from './who-may-see.ts'

const all = { rights: new Set(['stations.read', 'sessions.read', 'log.read']), sites: 'all' } as const

describe('what a watcher is shown', () => {
  it.each([
    ['a type it has the right for', all, { type: 'evse.changed', stationId: 'a' }, true],
    ['no type it lacks the right for', all, { type: 'alert.changed' }, false],
    ['no type that has no row', all, { type: 'secret.thing' }, false],
    ['no other station than asked for', { ...all, stationId: 'a' }, { type: 'evse.changed', stationId: 'b' }, false],
    ['the station itself', { ...all, stationId: 'a' }, { type: 'station.changed', station: { id: 'a' } }, true],
    ['raw frames only when asked for', { ...all, stationId: 'a' }, { type: 'ocpp.frame', stationId: 'a' }, false],
    ['raw frames when asked for', { ...all, stationId: 'a', log: true }, { type: 'ocpp.frame', stationId: 'a' }, true],
    [
      'nothing of another site',
      { ...all, sites: ['s1'] },
      { type: 'evse.changed', stationId: 'a', siteId: 's2' },
      false,
    ],
    [
      'nothing without a site when bound to sites',
      { ...all, sites: ['s1'] },
      { type: 'evse.changed', stationId: 'a' },
      false,
    ],
    [
      'a session at a station of its site',
      { ...all, sites: ['s1'], stations: new Set(['a']) },
      { type: 'session.changed', stationId: 'a' },
      true,
    ],
    [
      'no session at another station',
      { ...all, sites: ['s1'], stations: new Set(['a']) },
      { type: 'session.changed', stationId: 'b' },
      false,
    ],
    [
      'no station that went to another site',
      { ...all, sites: ['s1'], stations: new Set(['a']) },
      { type: 'station.changed', siteId: 's2', station: { id: 'a' } },
      false,
    ],
    ['its own site', { ...all, sites: ['s1'] }, { type: 'evse.changed', stationId: 'a', siteId: 's1' }, true],
  ] as const)('%s', (_, watcher, notice, shown) => {
    expect(maySee(watcher, notice)).toBe(shown)
  })
})
