import { expect, it } from 'vitest'
import { tellNext, type ToldAlert } from './told.ts'

const AT = Temporal.Instant.from('2026-11-26T12:00:00Z')
const open: ToldAlert = { severity: 'major', clearedAt: null, acknowledgedAt: null, incidentId: null, toldAs: null }

it.each([
  ['one that is new', open, 'alert.raised'],
  ['one that was told and happened once more', { ...open, toldAs: 'major' }, undefined],
  ['one that got worse', { ...open, severity: 'critical', toldAs: 'major' }, 'alert.changed'],
  ['one that somebody takes on', { ...open, acknowledgedAt: AT, toldAs: 'major' }, 'alert.changed'],
  ['one that is over', { ...open, clearedAt: AT, toldAs: 'major' }, 'alert.cleared'],
  ['one that is over and told so', { ...open, clearedAt: AT, toldAs: 'cleared' }, undefined],
  ['one that is over and was never told', { ...open, clearedAt: AT }, undefined],
  ['one that came back', { ...open, toldAs: 'cleared' }, 'alert.raised'],
  ['a part of an incident', { ...open, incidentId: 'one' }, undefined],
  [
    'a part that was told before it became one',
    { ...open, incidentId: 'one', clearedAt: AT, toldAs: 'minor' },
    'alert.cleared',
  ],
] as const)('tells programs of %s what is new, and no more', (_, alert, type) => {
  expect(tellNext(alert)?.type).toBe(type)
})
