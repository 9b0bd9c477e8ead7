import { BASE, type Case, charge, held, one, steady, type Told } from './testing-cases.ts'

/** Faulty meters (trust, row 36). */

const SAME = 30
/** At one whole second, as clocks without fractions say. */
const burst = (registers: readonly number[]): Told[] =>
  charge(registers, { every: 0.001 }).map((told) => ({
    ...told,
    stamp: (ms: number) => Math.floor(ms / 1_000) * 1_000,
  }))

const sound: readonly Case[] = [
  one('half an hour at 11 kW', charge(steady(BASE)), 'sound', { billedWh: 5_500 }),
  one('a register that begins at 0', charge(steady(0)), 'sound', { billedWh: 5_500 }),
  one('power readings that agree', charge(steady(BASE), { w: 11_000 }), 'sound', { billedWh: 5_500 }),
  one('no readings between begin and end', charge([BASE, BASE + 5_500], { every: SAME }), 'sound', { billedWh: 5_500 }),
  one('no energy at all', charge([BASE, BASE, BASE]), 'sound', { billedWh: 0 }),
  one('as much as the connector can give', charge([0, 11_000], { every: SAME }), 'sound', { billedWh: 11_000 }),
  one('a meter in whole kWh, in no time to tell', charge([12_000, 13_000, 13_000, 14_000], { every: 1.9 }), 'sound', {
    billedWh: 2_000,
  }),
  one('a meter in tenths of a kWh, half a minute', charge([12_000, 12_200], { every: 0.5 }), 'sound', {
    billedWh: 200,
  }),
  one('begin and end within one second', burst([BASE, BASE + 3]), 'sound', { billedWh: 3 }),
  one('a fast session with whole seconds', burst([BASE, BASE + 10, BASE + 20, BASE + 30]), 'sound', { billedWh: 30 }),
  one(
    'a register read once a minute and told every few seconds',
    charge([0, 0, 0, 180, 180, 180, 360], { every: 0.25 }),
    'sound',
  ),
  one('hundreds of Wh on the way, Wh at begin and end', charge(steady(BASE, { 5: 1_240_100 })), 'sound', {
    billedWh: 5_500,
  }),
  one('a long pause', charge([BASE, BASE + 500, BASE + 500, BASE + 500, BASE + 1_000], { every: 60, w: 0 }), 'sound'),
  one('a strong connector of no declared power', charge([0, 40_000, 80_000], { every: 15 }), 'sound', {
    maxPowerW: null,
    type: 'IEC_62196_T2_COMBO',
  }),
  one('a week', charge([0, 100_000, 200_000], { every: 5_040 }), 'sound', { billedWh: 200_000 }),
  one('2.x, half an hour at 11 kW', charge(steady(BASE)), 'sound', { version: '2.x', billedWh: 5_500 }),
  one('a session after another, at once', charge(steady(5_000)), 'sound', {
    before: { from: -31, to: -1, firstWh: 1_000, lastWh: 5_000 },
  }),
  one('a register that began anew between two sessions', charge(steady(0)), 'sound', {
    before: { from: -31, to: -1, firstWh: 995_000, lastWh: 999_000 },
  }),
]

const falling: readonly Case[] = [
  held('an end below the begin', charge([50_000, 48_000], { every: SAME }), 'register-backwards', { proposedWh: null }),
  held('an end below the begin within one second', burst([50_000, 49_000]), 'register-backwards'),
  held(
    'a step back half way',
    charge(steady(BASE, { 3: BASE + 900, 4: BASE + 1_800, 5: BASE + 2_700, 6: BASE + 3_600 })),
    'register-backwards',
  ),
  held('an end far below the last reading', charge(steady(BASE, { 6: BASE + 2_000 })), 'register-backwards', {
    proposedWh: 4_583,
  }),
  held('a begin above all that follows', charge(steady(BASE, { 0: BASE + 90_000 })), 'register-backwards'),
  held('a reset to 0 half way', charge(steady(BASE, { 3: 0, 4: 917, 5: 1_833, 6: 2_750 })), 'register-reset', {
    proposedWh: 4_583,
  }),
  held(
    'a reset to a little, told late',
    charge(steady(BASE, { 3: 400, 4: 1_300, 5: 2_200, 6: 3_100 })),
    'register-reset',
    { proposedWh: 4_933 },
  ),
  held('a reset before the end', charge(steady(BASE, { 6: 100 })), 'register-reset', { proposedWh: 4_683 }),
  held(
    'a meter that was changed during the session',
    charge(steady(BASE, { 4: 7_000_000, 5: 7_000_917, 6: 7_001_834 })),
    'power-too-high',
    { proposedWh: null },
  ),
  held('an end of 0', charge(steady(BASE, { 6: 0 })), 'register-reset'),
  held('two resets', charge(steady(BASE, { 2: 0, 3: 900, 4: 1_800, 5: 0, 6: 900 })), 'register-reset', {
    proposedWh: 3_617,
  }),
]

const turning: readonly Case[] = [
  one('over 99 999 kWh', charge([99_998_000, 99_999_000, 0, 1_000, 2_000]), 'corrected', {
    checks: ['register-rollover'],
    billedWh: 4_000,
  }),
  one('over 999 999 kWh', charge([999_998_500, 999_999_500, 500, 1_500]), 'corrected', {
    checks: ['register-rollover'],
    billedWh: 3_000,
  }),
  one('over 9 999 kWh', charge([9_999_500, 500, 1_500]), 'corrected', {
    checks: ['register-rollover'],
    billedWh: 2_000,
  }),
  one('over 32 bits', charge([4_294_966_796, 500, 1_500]), 'corrected', {
    checks: ['register-rollover'],
    billedWh: 2_000,
  }),
  one('over 31 bits', charge([2_147_483_148, 500, 1_500]), 'corrected', {
    checks: ['register-rollover'],
    billedWh: 2_000,
  }),
  one('over 99 999 kWh between begin and end', charge([99_997_000, 3_000], { every: SAME }), 'corrected', {
    checks: ['register-rollover'],
    billedWh: 6_000,
  }),
]

const units: readonly Case[] = [
  held('kWh told as Wh from half way', charge(steady(BASE, { 3: 1_237, 4: 1_238, 5: 1_239, 6: 1_240 })), 'unit-jump'),
  held('an end in kWh', charge(steady(BASE, { 6: 1_240 })), 'unit-jump'),
  held('a begin in kWh', charge(steady(BASE, { 0: 1_234 })), 'unit-jump'),
  held(
    '1000 times too much from half way',
    charge(steady(BASE, { 3: 1_237_317_000, 4: 1_238_234_000, 5: 1_239_150_000, 6: 1_240_067_000 })),
    'unit-jump',
    { proposedWh: 5_500 },
  ),
  held('1000 times too much at the end', charge(steady(BASE, { 6: 1_240_067_000 })), 'unit-jump', {
    proposedWh: 5_500,
  }),
  held('10 times too much at the end', charge(steady(BASE, { 6: 12_400_670 })), 'unit-jump', { proposedWh: 5_500 }),
  held('a tenth from half way', charge(steady(BASE, { 3: 123_732, 4: 123_823, 5: 123_915, 6: 124_007 })), 'unit-jump'),
  held(
    'all registers 1000 times too much',
    charge(
      steady(0).map((wh) => wh * 1_000),
      { w: 11_000 },
    ),
    'units-disagree',
    { proposedWh: 5_500 },
  ),
  held('all registers 10 times too much', charge(steady(0), { w: 1_100 }), 'units-disagree', { proposedWh: 550 }),
  held('a gigawatt hour in half an hour', charge([1_000, 1_000_001_000], { every: SAME }), 'power-too-high'),
]

const power: readonly Case[] = [
  held('three times what the connector gives', charge([BASE, BASE + 33_000], { every: SAME }), 'power-too-high', {
    proposedWh: null,
  }),
  held(
    'a fifth more than the connector gives, for hours',
    charge([0, 26_400, 52_800], { every: 60 }),
    'power-too-high',
  ),
  held('a leap at the end', charge(steady(BASE, { 6: BASE + 60_000 })), 'power-too-high', { proposedWh: null }),
  held(
    'a leap at the end, with power readings that know better',
    charge(steady(BASE, { 6: BASE + 60_000 }), { w: 11_000 }),
    'power-too-high',
    { proposedWh: 5_500 },
  ),
  held('a leap at the begin', charge(steady(BASE, { 0: BASE - 60_000 })), 'power-too-high'),
  held('more than a domestic socket gives', charge([0, 20_000], { every: 60 }), 'power-too-high', {
    maxPowerW: null,
    type: 'DOMESTIC_F',
  }),
  held('four kWh within a second, as programs do that try it out', burst([1_000, 3_000, 5_000]), 'power-too-high'),
  held('a kWh in half a minute', charge([BASE, BASE + 1_000], { every: 0.5 }), 'power-too-high'),
  held(
    'a fifth more than the connector gives, in six minutes',
    charge([0, 1_320, 2_640], { every: 3 }),
    'power-too-high',
  ),
  held('much in a second', charge([BASE, BASE + 50_000], { every: 0.01 }), 'power-too-high'),
  held(
    'a register that stands while power flows',
    charge(
      steady(BASE).map(() => BASE),
      { w: 11_000 },
    ),
    'power-too-low',
    { proposedWh: 5_500 },
  ),
  held(
    'a register that counts a third',
    charge(
      steady(0).map((wh) => Math.round(wh / 3)),
      { w: 11_000 },
    ),
    'power-too-low',
    { proposedWh: 5_500 },
  ),
  one(
    'a power of megawatts beside a sound register',
    [
      ...charge(steady(BASE)).slice(0, 3),
      { kind: 'meter', minute: 12, wh: BASE + 2_200, w: 11_000_000 },
      ...charge(steady(BASE)).slice(3),
    ],
    'noted',
    { checks: ['power-reading'], billedWh: 5_500 },
  ),
  one(
    'a negative power beyond what a car gives back',
    [
      ...charge(steady(BASE)).slice(0, 3),
      { kind: 'meter', minute: 12, wh: BASE + 2_200, w: -90_000 },
      ...charge(steady(BASE)).slice(3),
    ],
    'noted',
    { checks: ['power-reading'], billedWh: 5_500 },
  ),
]

const stray: readonly Case[] = [
  one('one reading of 0 between', charge(steady(BASE, { 3: 0 })), 'corrected', {
    checks: ['stray-reading'],
    billedWh: 5_500,
  }),
  one('one reading far too high between', charge(steady(BASE, { 3: BASE * 10 })), 'corrected', {
    checks: ['stray-reading'],
    billedWh: 5_500,
  }),
  one('one reading in kWh between', charge(steady(BASE, { 2: 1_236 })), 'corrected', {
    checks: ['stray-reading'],
    billedWh: 5_500,
  }),
  one('three wrong readings in a row', charge(steady(BASE, { 2: 5, 3: 5, 4: 5 })), 'corrected', {
    checks: ['stray-reading'],
    billedWh: 5_500,
  }),
]

function withoutRegister({ kind, minute, w }: Told): Told {
  return { kind, minute, ...(w === undefined ? {} : { w }) }
}

const missing: readonly Case[] = [
  held('2.x: no register at all', charge(steady(BASE)).map(withoutRegister), 'values-missing', {
    version: '2.x',
    proposedWh: null,
  }),
  held('2.x: no register, but power', charge(steady(BASE), { w: 11_000 }).map(withoutRegister), 'values-missing', {
    version: '2.x',
    proposedWh: 5_500,
  }),
  held(
    '2.x: begin and first minutes without a register',
    charge(steady(BASE)).map(({ wh, ...told }, index) => (index < 2 ? told : { ...told, wh: wh ?? 0 })),
    'begin-missing',
    { version: '2.x', proposedWh: null },
  ),
  held(
    '2.x: no begin, but the session before knows',
    charge(steady(5_000)).map(({ wh, ...told }, index) => (index < 2 ? told : { ...told, wh: wh ?? 0 })),
    'begin-missing',
    {
      version: '2.x',
      before: { from: -31, to: -1, firstWh: 1_000, lastWh: 5_000 },
      proposedWh: 5_500,
    },
  ),
  one(
    '2.x: no register at the end: by the last that came',
    charge(steady(BASE)).map(({ wh, ...told }) => (told.kind === 'stop' ? told : { ...told, wh: wh ?? 0 })),
    'noted',
    { version: '2.x', checks: ['end-missing'], billedWh: 4_583 },
  ),
  one('2.x: a number never comes', charge(steady(BASE)), 'noted', {
    version: '2.x',
    lost: [3],
    checks: ['report-gap'],
    billedWh: 5_500,
  }),
  held('registers below zero', charge([-500, -300, -100]), 'negative-value'),
  held('a begin below zero', charge([-500, 300, 600]), 'negative-value'),
  held('two sessions of one EVSE at a time', charge(steady(5_000)), 'session-overlap', {
    before: { from: -40, to: 15, firstWh: 1_000, lastWh: 5_000 },
  }),
]

export const meterCases: readonly Case[] = [...sound, ...falling, ...turning, ...units, ...power, ...stray, ...missing]
