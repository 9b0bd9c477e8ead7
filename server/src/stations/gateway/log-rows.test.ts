import { expect, it } from 'vitest'
import { openLogRows, type Places } from './log-rows.ts'

it('gives the texts of each place back in order, whatever lies between them and however long they are', () => {
  const rows = openLogRows()
  const [mine, other]: [Places, Places] = [[], []]
  // Longer than a block, and characters of one to four bytes.
  const texts = ['"a"', '"ä"', '"€"', '"🔌"', JSON.stringify('x'.repeat(300_000)), '"last"', '"ö"']
  let bytes = 0
  for (const text of texts) {
    bytes += rows.add(text, mine)
    rows.add('"between"', other)
  }
  expect(rows.list(mine).toString()).toBe(`[${texts.join(',')}]`)
  expect(rows.list(other).toString()).toBe(`[${texts.map(() => '"between"').join(',')}]`)
  expect(bytes).toBe(Buffer.byteLength(texts.join('')))
})
