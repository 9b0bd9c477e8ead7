import type { Profiler } from 'node:inspector'

/** A function with those that it called, and how long all that took. */
interface Frame {
  readonly name: string
  readonly place: string
  micros: number
  readonly callees: Map<string, Frame>
}

const IDLE = new Set(['(idle)', '(root)'])
const ROOT = 'the busy time of Node’s main thread'

/** The samples by what called what; the same function under the same caller is one frame. Idle time is left out. */
export function frames({ nodes, samples = [], timeDeltas = [] }: Profiler.Profile): Frame {
  const root: Frame = { name: ROOT, place: '', micros: 0, callees: new Map() }
  const byId = new Map(nodes.map((node) => [node.id, node]))
  const callers = new Map(nodes.flatMap((node) => (node.children ?? []).map((child) => [child, node.id] as const)))
  const paths = new Map<number, readonly Frame[]>()
  const pathTo = (id: number): readonly Frame[] => {
    const known = paths.get(id)
    if (known !== undefined) return known
    const node = byId.get(id)
    const caller = callers.get(id)
    const above = caller === undefined ? [root] : pathTo(caller)
    const within = above.at(-1) ?? root
    let path = above
    if (node !== undefined && !IDLE.has(node.callFrame.functionName)) path = [...above, callee(within, node.callFrame)]
    paths.set(id, path)
    return path
  }
  for (const [n, id] of samples.entries()) {
    if (byId.get(id)?.callFrame.functionName === '(idle)') continue
    for (const frame of pathTo(id)) frame.micros += timeDeltas[n] ?? 0
  }
  return root
}

function callee(
  caller: Frame,
  { functionName, url, lineNumber }: Profiler.Profile['nodes'][number]['callFrame'],
): Frame {
  const name = functionName === '' ? '(anonymous)' : functionName
  const place = url === '' ? '' : `${shortPlace(url)}:${lineNumber + 1}`
  const key = `${name} ${place}`
  const known = caller.callees.get(key)
  if (known !== undefined) return known
  const made: Frame = { name, place, micros: 0, callees: new Map() }
  caller.callees.set(key, made)
  return made
}

/** From the project's folder on; nobody needs to know where that lies. */
function shortPlace(url: string): string {
  const found = /(?:^|\/)((?:server|ocpp|units|node_modules)\/.*)$/.exec(url)?.[1]
  return found ?? url.replace(/^file:.*\//, '')
}

const WIDTH = 1_200
const ROW = 17
const LETTER = 6.3
/** Narrower frames are not drawn. */
const LEAST_WIDTH = 2
const HEAD = 44

/** Ours, libraries', Node's own and the engine's: each with ink on it that can be read. */
const colours = [
  { what: 'server', of: (frame: Frame) => /^(server|ocpp|units)\//.test(frame.place), fill: '#9ecbff' },
  { what: 'libraries', of: (frame: Frame) => frame.place.startsWith('node_modules/'), fill: '#b8e0b0' },
  { what: 'Node', of: (frame: Frame) => frame.place !== '', fill: '#ffd8a0' },
  { what: 'engine and garbage', of: () => true, fill: '#e3c9f5' },
] as const

const escape = (text: string): string => text.replace(/[&<>"]/g, (sign) => `&#${sign.codePointAt(0)};`)

/** A flame graph: the width of a frame is its share of the time, what it called stands on top of it. */
export function flameGraph(root: Frame, title: string): string {
  const scale = WIDTH / Math.max(1, root.micros)
  const drawn: { x: number; width: number; depth: number; frame: Frame }[] = []
  const draw = (frame: Frame, x: number, depth: number): void => {
    const width = frame.micros * scale
    if (width < LEAST_WIDTH) return
    drawn.push({ x, width, depth, frame })
    let at = x
    for (const one of [...frame.callees.values()].toSorted((a, b) => b.micros - a.micros)) {
      draw(one, at, depth + 1)
      at += one.micros * scale
    }
  }
  draw(root, 0, 0)
  const height = HEAD + (Math.max(0, ...drawn.map(({ depth }) => depth)) + 1) * ROW
  const boxes = drawn.map(({ x, width, depth, frame }) => {
    const y = height - (depth + 1) * ROW
    const share = `${((100 * frame.micros) / root.micros).toFixed(1)} %`
    const fill = colours.find(({ of }) => of(frame))?.fill ?? ''
    const letters = Math.floor((width - 4) / LETTER)
    const label =
      letters < 3 ? '' : `<text x="${(x + 3).toFixed(1)}" y="${y + 12}">${escape(frame.name.slice(0, letters))}</text>`
    return (
      `<g><title>${escape(`${frame.name} ${frame.place} ${share}`)}</title>` +
      `<rect x="${x.toFixed(1)}" y="${y}" width="${Math.max(0.5, width - 0.5).toFixed(1)}" height="${ROW - 1}" fill="${fill}"/>${label}</g>`
    )
  })
  const legend = colours.map(
    ({ what, fill }, n) =>
      `<rect x="${8 + n * 160}" y="24" width="12" height="12" fill="${fill}"/><text x="${24 + n * 160}" y="34">${what}</text>`,
  )
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" font-family="monospace" font-size="10.5" fill="#1b1b1b">`,
    `<rect width="${WIDTH}" height="${height}" fill="#ffffff"/>`,
    `<text x="8" y="16" font-size="13">${escape(title)}</text>`,
    ...legend,
    ...boxes,
    '</svg>\n',
  ].join('\n')
}

/** Where the time itself is spent, most first: [function, share]. */
export function topOf(root: Frame, count: number): readonly (readonly [string, number])[] {
  const own = new Map<string, number>()
  const visit = (frame: Frame): void => {
    let left = frame.micros
    for (const one of frame.callees.values()) {
      left -= one.micros
      visit(one)
    }
    const name = `${frame.name} ${frame.place}`.trim()
    own.set(name, (own.get(name) ?? 0) + left)
  }
  visit(root)
  return [...own]
    .toSorted(([, a], [, b]) => b - a)
    .slice(0, count)
    .map(([name, micros]) => [name, micros / root.micros] as const)
}
