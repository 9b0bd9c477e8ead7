import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { openTexts } from './texts.ts'

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'lataamo-texts-'))
afterAll(() => fs.rmSync(folder, { recursive: true }))

const english = {
  sessions: {
    refusal: { 'no-credit': 'No credit: {amount} is missing. Top up {amount}.' },
    alert: {
      'no-tariff': 'No tariff.',
      estimated: '{energyWh, energy}, from {firstWh, register}, {powerW, power} in {seconds, duration}.',
    },
  },
  portal: {
    title: 'Sessions',
    stations: { field: { payload: 'Payload, JSON' } },
    count_one: '{count} session',
    count_other: '{count} sessions',
  },
}
const finnish = { portal: { title: 'Lataukset' } }
fs.writeFileSync(path.join(folder, 'en.json'), JSON.stringify(english))
fs.writeFileSync(path.join(folder, 'fi.json'), JSON.stringify(finnish))
const texts = openTexts(folder)

describe('texts', () => {
  it('are those of the language, and English where it lacks one', () => {
    expect(texts.languages).toEqual(['en', 'fi'])
    expect(texts.find('fi', 'portal.title')).toBe('Lataukset')
    expect(texts.find('sv', 'portal.title')).toBe('Sessions')
    expect(texts.find('fi', 'portal.count', { count: 1 })).toBe('1 session')
    expect(texts.find('fi', 'portal.count', { count: 2 })).toBe('2 sessions')
    expect(texts.find('fi', 'nowhere')).toBeUndefined()
  })

  it('of a code are found in whichever feature defines it, with their values', () => {
    expect(texts.ofCode('fi', 'refusal', 'no-credit', { amount: '5 €' })).toBe('No credit: 5 € is missing. Top up 5 €.')
    expect(texts.ofCode('en', 'alert', 'no-tariff')).toBe('No tariff.')
    expect(texts.ofCode('en', 'refusal', 'not-yet-written')).toBe('not yet written')
  })

  it('of pages are no codes, whatever they are filed under', () => {
    expect(texts.codesOf('field')).toEqual([])
    expect(texts.codesOf('alert')).toEqual(['estimated', 'no-tariff'])
  })

  it('say figures in the units that people read, by the rules of the language', () => {
    const said = (language: string) =>
      texts
        .ofCode(language, 'alert', 'estimated', { energyWh: 1_867, firstWh: 12_004, powerW: 11_000, seconds: 4_500 })
        .replaceAll('\u00a0', ' ')
    expect(said('en')).toBe('1.87 kWh, from 12.004 kWh, 11.0 kW in 1 h 15 min.')
    expect(said('fi')).toBe('1,87 kWh, from 12,004 kWh, 11,0 kW in 1 h 15 min.')
    expect(texts.ofCode('en', 'alert', 'estimated', {})).not.toContain('NaN')
  })

  it('take values as they are: nothing in them is read as a text of its own', () => {
    expect(texts.ofCode('en', 'refusal', 'no-credit', { amount: '{count} $t(portal.title) <b>' })).toBe(
      'No credit: {count} $t(portal.title) <b> is missing. Top up {count} $t(portal.title) <b>.',
    )
  })
})

describe('the folder of languages', () => {
  const place = fs.mkdtempSync(path.join(os.tmpdir(), 'lataamo-texts-'))
  afterAll(() => fs.rmSync(place, { recursive: true }))
  const write = (file: string, content: string) => fs.writeFileSync(path.join(place, file), content)
  let now = 0
  const faults: string[] = []
  write('en.json', JSON.stringify(english))
  const living = openTexts(place, { now: () => now, onFault: (file) => faults.push(file) })
  const later = () => {
    now += 60_000
  }

  it('is read at run time: a file that is added or changed counts by itself (GEN-L10N)', () => {
    expect(living.languages).toEqual(['en'])
    write('fi.json', JSON.stringify(finnish))
    later()
    expect(living.languages).toEqual(['en', 'fi'])
    expect(living.find('fi', 'portal.title')).toBe('Lataukset')
    write('fi.json', JSON.stringify({ portal: { title: 'Lataustapahtumat' } }))
    later()
    expect(living.find('fi', 'portal.title')).toBe('Lataustapahtumat')
  })

  it('never stops anything with a file that is no good: it is named, and what it held before goes on', () => {
    write('fi.json', '{ "portal": ')
    write('sv.json', '[]')
    write('Not a tag.json', '{}')
    later()
    expect(living.languages).toEqual(['en', 'fi'])
    expect(living.find('fi', 'portal.title')).toBe('Lataustapahtumat')
    expect(faults.toSorted()).toEqual(['Not a tag.json', 'fi.json', 'sv.json'])
  })

  it('goes on with what it holds while its folder cannot be looked into', () => {
    const aside = `${place}-aside`
    fs.renameSync(place, aside)
    fs.writeFileSync(place, '')
    later()
    expect(living.find('fi', 'portal.title')).toBe('Lataustapahtumat')
    expect(faults).toContain(path.basename(place))
    fs.rmSync(place)
    fs.renameSync(aside, place)
    later()
    expect(living.find('fi', 'portal.title')).toBe('Lataustapahtumat')
  })

  it('loses a language with its file, English never', () => {
    fs.rmSync(path.join(place, 'fi.json'))
    fs.rmSync(path.join(place, 'en.json'))
    later()
    expect(living.languages).toEqual(['en'])
    expect(living.find('fi', 'portal.title')).toBe('Sessions')
  })

  it('must hold English', () => {
    const bad = fs.mkdtempSync(path.join(place, 'bad-'))
    fs.writeFileSync(path.join(bad, 'en.json'), 'no')
    expect(() => openTexts(bad)).toThrow('en.json cannot be read')
  })
})
