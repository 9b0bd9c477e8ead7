import i18next from 'i18next'
import { describe, expect, it } from 'vitest'
import english from '../../../../languages/en.json' with { type: 'json' }
import finnish from '../../../../languages/fi.json' with { type: 'json' }
import { commandFailures } from '../../../../server/src/stations/handed-in.ts'
import { stopReasons } from '../../../../server/src/stations/model.ts'
import { endText } from './session-words.ts'

describe.each([
  ['en', english],
  ['fi', finnish],
])('why a session ended, in %s', (lng, texts) => {
  const words = i18next.createInstance()
  void words.init({ lng, initAsync: false, resources: { [lng]: { translation: texts } } })

  it.each([...stopReasons, ...commandFailures, 'stopped-by-staff'])('is told in words: %s', (reason) => {
    expect(endText(words.t, reason)).not.toBe(reason)
  })
})
