import type { Seen } from '../../api-types.ts'
import { seenStates } from '../../api-types.ts'
import { statusShapes } from '../status-shapes.ts'

/**
 * The images the map draws: a cluster is a count in a ring of the worst state's colour with its shape and how many are in
 * it; a site is a pin "free/all". Drawn on a canvas when first needed, so that figures have our own type.
 */

export interface MarkColours {
  readonly surface: string
  readonly ink: string
  readonly states: Readonly<Record<Seen, string>>
}

export type Shapes = Readonly<Record<Seen, HTMLImageElement>>

const scale = 2
const glyph = 15

export function markColours(): MarkColours {
  const style = getComputedStyle(document.documentElement)
  const token = (name: string) => style.getPropertyValue(`--la-${name}`).trim()
  return {
    surface: token('surface'),
    ink: token('ink'),
    states: Object.fromEntries(seenStates.map((seen) => [seen, token(seen)])) as Record<Seen, string>,
  }
}

/** The nine shapes as images, in the colours of the shown scheme. */
export async function loadShapes(colours: MarkColours): Promise<Shapes> {
  const on = getComputedStyle(document.documentElement).getPropertyValue('--la-on-status').trim()
  const loaded = await Promise.all(
    seenStates.map(async (seen) => {
      const body = statusShapes[seen].replaceAll('currentColor', colours.states[seen]).replaceAll('var(--on)', on)
      const image = new Image()
      image.src = `data:image/svg+xml,${encodeURIComponent(
        `<svg xmlns="http://www.w3.org/2000/svg" width="48" height="48" viewBox="0 0 16 16">${body}</svg>`,
      )}`
      await image.decode()
      return [seen, image] as const
    }),
  )
  return Object.fromEntries(loaded) as Record<Seen, HTMLImageElement>
}

/** Draws the mark named `cluster|<state>|<count>|<in that state>` or `pin|<state>|<free>|<all>`. */
export function drawMark(name: string, shapes: Shapes, colours: MarkColours): ImageData | undefined {
  const [kind, state, one, other] = name.split('|')
  if (state === undefined || !(seenStates as readonly string[]).includes(state)) return undefined
  const seen = state as Seen
  if (kind === 'cluster') return drawCluster(seen, Number(one), Number(other), shapes, colours)
  if (kind === 'pin') return drawPin(seen, `${one}/${other}`, shapes, colours)
  return undefined
}

export const markPixelRatio = scale

function drawCluster(seen: Seen, count: number, worst: number, shapes: Shapes, colours: MarkColours) {
  const radius = 13 + Math.min(9, Math.log10(Math.max(1, count)) * 5)
  // Shape and its number hang to the right; the picture is as wide on the left, so that the ring is the middle.
  const label = count > worst ? String(worst) : ''
  const half = radius + 10 + (label === '' ? 0 : 4 + label.length * 7)
  const context = canvas(half * 2, radius * 2 + 16)
  const middle = { x: half, y: radius + 8 }
  ring(context, middle.x, middle.y, radius, colours.states[seen], colours.surface, isDashed(seen))
  text(context, String(count), middle.x, middle.y + 0.5, colours.ink, 600, 11.5)
  const x = middle.x + radius * 0.72
  const y = middle.y - radius * 0.72
  halo(context, x, y, colours.surface)
  context.drawImage(shapes[seen], x - glyph / 2, y - glyph / 2, glyph, glyph)
  if (label !== '') {
    outlined(context, label, x + 9, y, colours.states[seen], colours.surface)
  }
  return pixels(context)
}

function drawPin(seen: Seen, label: string, shapes: Shapes, colours: MarkColours) {
  const width = 36 + label.length * 7
  const height = 26
  const context = canvas(width + 4, height + 10)
  context.translate(2, 2)
  context.beginPath()
  context.roundRect(0, 0, width, height, 5)
  context.moveTo(width / 2 - 6, height)
  context.lineTo(width / 2, height + 7)
  context.lineTo(width / 2 + 6, height)
  context.fillStyle = colours.surface
  context.strokeStyle = colours.states[seen]
  context.lineWidth = 2
  if (isDashed(seen)) context.setLineDash([4, 3])
  context.stroke()
  context.fill()
  context.setLineDash([])
  context.drawImage(shapes[seen], 7, height / 2 - 8, 16, 16)
  context.textAlign = 'left'
  text(context, label, 28, height / 2 + 0.5, colours.ink, 600, 12)
  return pixels(context)
}

function isDashed(seen: Seen): boolean {
  return seen === 'offline' || seen === 'unknown'
}

function canvas(width: number, height: number): CanvasRenderingContext2D {
  const element = document.createElement('canvas')
  element.width = Math.ceil(width * scale)
  element.height = Math.ceil(height * scale)
  const context = element.getContext('2d', { willReadFrequently: true })
  if (context === null) throw new Error('this browser draws no canvas')
  context.scale(scale, scale)
  context.textAlign = 'center'
  context.textBaseline = 'middle'
  return context
}

function pixels(context: CanvasRenderingContext2D): ImageData {
  return context.getImageData(0, 0, context.canvas.width, context.canvas.height)
}

function ring(
  context: CanvasRenderingContext2D,
  x: number,
  y: number,
  radius: number,
  colour: string,
  ground: string,
  dashed: boolean,
): void {
  context.beginPath()
  context.arc(x, y, radius, 0, Math.PI * 2)
  context.fillStyle = ground
  context.fill()
  context.strokeStyle = colour
  context.lineWidth = 2.2
  if (dashed) context.setLineDash([4, 3])
  context.stroke()
  context.setLineDash([])
}

function halo(context: CanvasRenderingContext2D, x: number, y: number, ground: string): void {
  context.beginPath()
  context.arc(x, y, glyph / 2 + 1, 0, Math.PI * 2)
  context.fillStyle = ground
  context.fill()
}

function text(
  context: CanvasRenderingContext2D,
  words: string,
  x: number,
  y: number,
  colour: string,
  weight: number,
  size: number,
): void {
  context.font = `${weight} ${size}px "Inter Variable", system-ui, sans-serif`
  context.fillStyle = colour
  context.fillText(words, x, y)
}

function outlined(
  context: CanvasRenderingContext2D,
  words: string,
  x: number,
  y: number,
  colour: string,
  ground: string,
): void {
  context.textAlign = 'left'
  context.font = '600 11.5px "Inter Variable", system-ui, sans-serif'
  context.strokeStyle = ground
  context.lineWidth = 3
  context.lineJoin = 'round'
  context.strokeText(words, x, y)
  context.fillStyle = colour
  context.fillText(words, x, y)
}
