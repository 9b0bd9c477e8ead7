import { cellName, type Compared, type Figures } from './compare.ts'
import type { Floors } from './matrix.ts'

/** One figure that has a floor, judged. */
export interface Judged {
  readonly what: string
  readonly found: number
  readonly floor: number
  readonly isEnough: boolean
}

const cpu = ({ nodeMicros, postgresMicros }: Figures): number => nodeMicros + postgresMicros

export function judge({ cell, ours, reference }: Compared): readonly Judged[] {
  if (ours === undefined) return []
  const name = cellName(cell)
  const found: Readonly<Record<keyof Floors, number | undefined>> = {
    rate: ours.perSecond / reference.perSecond,
    cpu: cpu(ours) / cpu(reference),
    p99: ours.p99 / reference.p99,
    transactions: ours.transactions,
  }
  const words: Readonly<Record<keyof Floors, string>> = {
    rate: 'rate, times the reference’s',
    cpu: 'CPU per message, times the reference’s',
    p99: 'p99, times the reference’s',
    transactions: 'transactions per 1,000 messages',
  }
  return (['rate', 'cpu', 'p99', 'transactions'] as const).flatMap((figure) => {
    const [floor, value] = [cell.floors[figure], found[figure]]
    if (floor === undefined || value === undefined) return []
    return [judged(`${name}: ${words[figure]}`, value, figure === 'rate' ? { atLeast: floor } : { atMost: floor })]
  })
}

export function judged(what: string, found: number, bound: { atLeast: number } | { atMost: number }): Judged {
  return 'atLeast' in bound
    ? { what, found, floor: bound.atLeast, isEnough: found >= bound.atLeast }
    : { what, found, floor: bound.atMost, isEnough: found <= bound.atMost }
}

const COLUMNS = [
  'what',
  'ours /s',
  'reference /s',
  'ratio',
  'CPU a message: ours (Node + PostgreSQL) µs',
  'reference µs',
  'times',
  'transactions per 1,000',
  'ours p50 / p99 / p99.9 ms',
  'reference ms',
  'p99 times',
  'generator µs',
]

const times = ({ p50, p99, p999 }: Figures): string => [p50, p99, p999].map((ms) => ms.toFixed(1)).join(' / ')
const cpuText = (figures: Figures): string =>
  `${cpu(figures).toFixed(0)} (${figures.nodeMicros.toFixed(0)} + ${figures.postgresMicros.toFixed(0)})`

function row({ cell, ours, reference, messagesPerSecond }: Compared): readonly string[] {
  const named = `${cellName(cell)}${messagesPerSecond === undefined ? '' : ` (${messagesPerSecond.toFixed(0)}/s)`}`
  const compared = (figure: (figures: Figures) => number): string =>
    ours === undefined ? '' : (figure(ours) / figure(reference)).toFixed(2)
  return [
    named,
    ours?.perSecond.toFixed(0) ?? '',
    reference.perSecond.toFixed(0),
    compared(({ perSecond }) => perSecond),
    ours === undefined ? '' : cpuText(ours),
    cpuText(reference),
    compared(cpu),
    ours?.transactions?.toFixed(0) ?? '',
    ours === undefined ? '' : times(ours),
    times(reference),
    compared(({ p99 }) => p99),
    `${ours?.generatorMicros.toFixed(0) ?? ''} / ${reference.generatorMicros.toFixed(0)}`,
  ]
}

/** A Markdown table: what is printed can be kept. */
export function table(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
  return [line(columns), line(columns.map(() => '---')), ...rows.map(line)].join('\n')
}

export function comparedTable(all: readonly Compared[]): string {
  return table(COLUMNS, all.map(row))
}

export function verdict(all: readonly Judged[]): string {
  const rows = all.map(({ what, found, floor, isEnough }) => [
    what,
    found.toFixed(found < 10 ? 2 : 0),
    String(floor),
    isEnough ? 'yes' : '**no**',
  ])
  return table(['what', 'found', 'floor', 'reached'], rows)
}
