import { expect, it } from 'vitest'
import { csvText, decimalText, offsetTimeText } from './csv.ts'

it.each([
  ['=HYPERLINK("http://x")', `"'=HYPERLINK(""http://x"")"`],
  ['+358401234567', "'+358401234567"],
  ['-2+3', "'-2+3"],
  ['@SUM(A1)', "'@SUM(A1)"],
  ['\t=1+1', `"'\t=1+1"`],
  ['\r=1+1', `"'\r=1+1"`],
  [' =1+1', "' =1+1"],
  ['Left, by the door', '"Left, by the door"'],
  ['two\nlines', '"two\nlines"'],
  ['-5.20', '-5.20'],
  ['12.345', '12.345'],
  ['Harbour', 'Harbour'],
])('the cell %j is written as %j: never a formula (attack 14)', (text, written) => {
  expect(csvText([[text, 'x']])).toBe(`\ufeff${written},x\r\n`)
})

it.each([
  ['1250', 'EUR', '12.50'],
  ['5', 'EUR', '0.05'],
  ['-5', 'EUR', '-0.05'],
  ['1250', 'JPY', '1250'],
  ['90071992547409931234', 'EUR', '900719925474099312.34'],
])('%s minor units of %s are %s, exactly', (minor, currency, text) => {
  expect(decimalText({ minor, currency })).toBe(text)
})

it.each([
  ['2026-11-27T11:15:52.123Z', 'Europe/Helsinki', '2026-11-27T13:15:52+02:00'],
  ['2026-10-25T00:30:00Z', 'Europe/Helsinki', '2026-10-25T03:30:00+03:00'],
  ['2026-10-25T01:30:00Z', 'Europe/Helsinki', '2026-10-25T03:30:00+02:00'],
  ['2026-07-01T12:00:01Z', 'Asia/Kathmandu', '2026-07-01T17:45:01+05:45'],
  ['2026-07-01T02:00:00Z', 'America/New_York', '2026-06-30T22:00:00-04:00'],
])('%s in %s is %s', (instant, zone, text) => {
  expect(offsetTimeText(instant, zone)).toBe(text)
})
