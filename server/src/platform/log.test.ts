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
