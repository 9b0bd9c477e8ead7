/** Text made of markup, which `html` does not escape again. */
export interface Markup {
  readonly markup: string
}

type Piece = string | number | Markup | readonly Piece[] | undefined

/** Puts pages together: whatever is filled in is escaped, unless it was made by `html` itself. */
export function html(parts: TemplateStringsArray, ...pieces: readonly Piece[]): Markup {
  return { markup: parts.reduce((made, part, n) => made + textOf(pieces[n - 1]) + part) }
}

function textOf(piece: Piece): string {
  if (piece === undefined) return ''
  if (typeof piece === 'string' || typeof piece === 'number') return escaped(String(piece))
  return 'markup' in piece ? piece.markup : piece.map(textOf).join('')
}

function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;')
}
