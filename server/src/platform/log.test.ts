import { expect, it } from 'vitest'
import { openLog } from './log.ts'

it('writes whatever a field holds as one line of JSON that no terminal acts on (attack 13)', () => {
  const lines: string[] = []
  const text = 'a\u0000\u001b[31m\r\n{"level":50}\u007f\u0085\u009b31m\u202e'
  openLog('debug', (line) => lines.push(line)).info('a fact', { text })
  expect(lines).toHaveLength(1)
  const line = lines[0]?.trimEnd() ?? ''
  // oxlint-disable-next-line no-control-regex -- it looks for control characters
  expect(line).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/)
  expect(JSON.parse(line)).toMatchObject({ msg: 'a fact', text })
})

it('tells of a fault what it was caused by, down to the first', () => {
  const lines: string[] = []
  const first = Object.assign(new Error('could not extend file'), { code: '53100' })
  const fault = new Error('a batch failed', { cause: new Error('the database cannot serve now', { cause: first }) })
  openLog('debug', (line) => lines.push(line)).warn('a fact', { error: fault })
  const { error } = JSON.parse(lines[0] ?? '{}') as { error: string }
  expect(error).toMatch(
    /^Error: a batch failed\n.*Caused by: Error: the database cannot serve now\n.*Caused by: Error: could not extend file/s,
  )
  const endless = new Error('a')
  endless.cause = endless
  openLog('debug', (line) => lines.push(line)).warn('a fact', { error: endless })
  expect(lines).toHaveLength(2)
})
