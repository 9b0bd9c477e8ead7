import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import ts from 'typescript'
import { expect, it } from 'vitest'

/** Words for people stand in texts.en.json and nowhere else: what is written into a page's code cannot be translated (style: section 11). */

const folder = import.meta.dirname

/** Attributes that somebody sees or hears. */
const spoken = new Set([
  'aria-label',
  'aria-description',
  'aria-roledescription',
  'title',
  'placeholder',
  'alt',
  'label',
  'description',
])

/** The same in every language: units, keys, what OCPP and the program are called, what is typed into a shell. */
const everywhere = /^(k?Wh?|h|min|m?s|V|A|%|Lataamo|OCPP|UID|[A-Z]|Ctrl K|Enter|npx lataamo .*|[^\p{L}]*)$/u

function wordsIn(file: string, text: string): readonly string[] {
  const found: string[] = []
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true, ts.ScriptKind.TSX)
  const note = (words: string, node: ts.Node) => {
    const plain = words.replaceAll(/\s+/g, ' ').trim()
    if (everywhere.test(plain)) return
    found.push(`${file}:${source.getLineAndCharacterOfPosition(node.getStart()).line + 1}: ${plain}`)
  }
  const walk = (node: ts.Node): void => {
    if (ts.isJsxText(node)) note(node.text, node)
    if (ts.isJsxExpression(node) && !ts.isJsxAttribute(node.parent))
      for (const words of literalsOf(node.expression)) note(words.text, words)
    if (ts.isJsxAttribute(node) && spoken.has(node.name.getText()))
      for (const words of literalsOf(node.initializer)) note(words.text, words)
    ts.forEachChild(node, walk)
  }
  walk(source)
  return found
}

/** What an expression may come to, as far as it is written out: both sides of a choice, the pieces of a template. */
function literalsOf(node: ts.Node | undefined): readonly (ts.Node & { readonly text: string })[] {
  if (node === undefined) return []
  if (ts.isStringLiteralLike(node)) return [node]
  if (ts.isJsxExpression(node) || ts.isParenthesizedExpression(node)) return literalsOf(node.expression)
  if (ts.isConditionalExpression(node)) return [...literalsOf(node.whenTrue), ...literalsOf(node.whenFalse)]
  if (ts.isTemplateExpression(node)) return [node.head, ...node.templateSpans.map(({ literal }) => literal)]
  if (ts.isBinaryExpression(node))
    return [...literalsOf(node.left), ...literalsOf(node.right)].filter(() => isShown(node))
  return []
}

// A comparison is not shown; what stands for a missing value, or is joined, is.
function isShown(node: ts.BinaryExpression): boolean {
  const { kind } = node.operatorToken
  return (
    kind === ts.SyntaxKind.QuestionQuestionToken ||
    kind === ts.SyntaxKind.BarBarToken ||
    kind === ts.SyntaxKind.PlusToken
  )
}

function sources(path: string): readonly string[] {
  return readdirSync(path, { withFileTypes: true }).flatMap((entry) => {
    const inside = join(path, entry.name)
    if (entry.isDirectory()) return sources(inside)
    return entry.name.endsWith('.tsx') && !entry.name.includes('.test.') ? [inside] : []
  })
}

it('finds words wherever they would be shown', () => {
  const page = `const Page = () => <p title="Hello there" className="m">
    Some words {count} {open ? 'Open it' : t('portal.close')} {\`Number \${n}\`} {name ?? 'Nobody'} kWh
    {kind === 'never' ? 1 : 2}
  </p>`
  expect(wordsIn('Page.tsx', page).map((line) => line.replace(/^.*?: /, ''))).toEqual([
    'Hello there',
    'Some words',
    'Open it',
    'Number',
    'Nobody',
  ])
})

it('no page has words in its code (GEN-L10N)', () => {
  const found = sources(folder).flatMap((file) => wordsIn(relative(folder, file), readFileSync(file, 'utf8')))
  expect(found).toEqual([])
})
