import { expect, it } from 'vitest'

const noon = Temporal.Instant.from('2026-11-26T12:00:00Z')
const later = noon.add({ seconds: 1 })

it('a time within an object is compared as a time, by every matcher', () => {
  expect({ at: noon, more: 1 }).toMatchObject({ at: Temporal.Instant.from('2026-11-26T12:00:00Z') })
  expect({ at: noon }).toMatchObject({ at: expect.anything() as unknown })
  expect({ at: noon }).not.toMatchObject({ at: later })
  expect({ at: null }).not.toMatchObject({ at: noon })
  expect({ at: noon }).not.toMatchObject({ at: null })
  expect({}).not.toMatchObject({ at: noon })
  expect({ at: noon }).not.toMatchObject({ at: '2026-11-26T12:00:00Z' })
  expect([{ at: noon }]).not.toEqual([{ at: later }])
  expect({ lasts: Temporal.Duration.from({ hours: 1 }) }).not.toMatchObject({
    lasts: Temporal.Duration.from({ hours: 2 }),
  })
})
