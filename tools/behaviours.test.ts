import fs from 'node:fs'
import { expect, it } from 'vitest'
import { behaviours } from '../e2e/behaviours/table.ts'
import { faultsOf, provenRows, provingFiles } from './behaviour-proofs.ts'

const read = (file: string): string | undefined => (fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : undefined)

it('every behaviour of the table is shown by a test that there is', () => {
  expect(faultsOf(provenRows(), read)).toEqual([])
  expect([...provingFiles().keys()].filter((id) => !Object.hasOwn(behaviours, id))).toEqual([])
})

it('a row that claims too much would be found', () => {
  const row = { id: 'vectors', section: 'x', says: 'x', versions: ['ocpp1.6', 'ocpp2.1'] } as const
  const of = (more: object) =>
    faultsOf([{ ...row, files: [], ...more }], (file) => ({ 'a.ts': 'it(“takes”) ocpp1.6' })[file])
  expect(of({})).toEqual(['vectors: no test'])
  expect(of({ files: ['a', 'b'] })).toEqual(['vectors: proven in a and b'])
  expect(of({ shown: [['b.ts', 'takes']] })).toEqual(['vectors: there is no b.ts'])
  expect(of({ shown: [['a.ts', 'gives']] })).toEqual(['vectors: a.ts has no test “gives”'])
  expect(of({ shown: [['a.ts', 'takes']] })).toEqual(['vectors: a.ts says nothing of ocpp1.6, ocpp2.1'])
  expect(of({ shown: [['a.ts', 'takes']], files: ['c'] })).toEqual([])
})
