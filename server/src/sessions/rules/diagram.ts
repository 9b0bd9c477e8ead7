import { type Transition, transitions } from './machine.ts'
import { closedStates, type SessionState, sessionStates } from './session.ts'

/** The machine as a Mermaid state diagram, drawn from its table: one arrow per pair of states. */
export function drawMachine(rows: readonly Transition[] = transitions): string {
  const arrows = new Map<string, Set<string>>()
  for (const { from, to, why } of rows) {
    for (const start of from) {
      for (const end of to) {
        if (start === end) continue
        const arrow = `${name(start)} --> ${name(end)}`
        arrows.set(arrow, (arrows.get(arrow) ?? new Set()).add(why))
      }
    }
  }
  return [
    'stateDiagram-v2',
    ...sessionStates.map((state) => `  state "${state}" as ${name(state)}`),
    '  [*] --> waiting_for_station : a wish (remote start)',
    "  [*] --> waiting_for_token : a transaction's first report, then taken as such",
    ...Array.from(arrows, ([arrow, reasons]) => `  ${arrow} : ${Array.from(reasons, plain).join(' / ')}`),
    ...closedStates.map((state) => `  ${name(state)} --> [*]`),
  ].join('\n')
}

/** Every row, late reports included. */
export function listTransitions(rows: readonly Transition[] = transitions): string {
  const lines = rows.map(
    ({ from, fact, to, late, why }) =>
      `| ${from.join(', ')} | \`${fact}\` | ${to.join(', ') || 'stays'} | ${late.join(', ') || '–'} | ${why} |`,
  )
  return ['| in | learns | becomes | out of order also | why |', '|---|---|---|---|---|', ...lines].join('\n')
}

/** Mermaid reads a hyphen in a name as the beginning of an arrow. */
function name(state: SessionState): string {
  return state.replaceAll('-', '_')
}

/** Mermaid ends a label at a colon or a semicolon. */
function plain(label: string): string {
  return label.replaceAll(':', ',').replaceAll(';', ',')
}
