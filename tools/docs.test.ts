import fs from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { describeApi, languagesFolder } from '../server/src/app.ts'
import { settings } from '../server/src/config.ts'
import { apiPage, openTexts } from '../server/src/platform/index.ts'
import { refusalReasons } from '../server/src/stations/rules/admission.ts'

const readmes = fs.globSync('{ocpp,portals,simulator,bench,server/src/*}/README.md').sort()
const pages = ['README.md', 'CHANGELOG.md', ...markdownIn('docs'), ...markdownIn('docs/adr'), ...readmes]

interface DescribedRoute {
  readonly responses: Readonly<
    Record<string, { readonly content?: Readonly<Record<string, { readonly schema?: DescribedSchema }>> }>
  >
}
interface DescribedSchema {
  readonly properties?: Readonly<Record<string, unknown>>
  readonly required?: readonly string[]
}

function markdownIn(folder: string): string[] {
  return fs
    .readdirSync(folder)
    .filter((name) => name.endsWith('.md'))
    .map((name) => path.join(folder, name))
}

function testsBeside(file: string): string[] {
  const folder = path.dirname(file)
  return fs
    .readdirSync(folder)
    .filter((name) => name.endsWith('.test.ts'))
    .map((name) => fs.readFileSync(path.join(folder, name), 'utf8'))
}

describe('the pages of the repository', () => {
  it.each(pages)('%s has no link that leads nowhere', (page) => {
    const targets = [...fs.readFileSync(page, 'utf8').matchAll(/\]\(([^)#]+)(?:#[^)]*)?\)/g)].map(
      ([, target]) => target ?? '',
    )
    const broken = targets.filter(
      (target) => !/^https?:/.test(target) && !fs.existsSync(path.join(path.dirname(page), target)),
    )
    expect(broken).toEqual([])
  })

  it.each(readmes)('%s names only files that there are', (readme) => {
    const folder = path.dirname(readme)
    const named = [...fs.readFileSync(readme, 'utf8').matchAll(/`([\w./-]+\.(?:ts|tsx|json|md))`/g)].map(
      ([, name]) => name ?? '',
    )
    const isThere = (name: string): boolean =>
      [folder, 'server/src', '.'].some((from) => fs.existsSync(path.join(from, name))) ||
      fs.globSync(`${folder}/**/${path.basename(name)}`).some((file) => file.endsWith(`/${name}`))
    expect(named.filter((name) => !name.startsWith('/') && !isThere(name))).toEqual([])
  })

  it('explain every reason for which a station is turned away', () => {
    const text = fs.readFileSync('docs/operator.md', 'utf8')
    expect(refusalReasons.filter((reason) => !text.includes(`\`${reason}\``))).toEqual([])
  })

  it('name only settings that there are', () => {
    const known = [...Object.keys(settings), 'LATAAMO_URL', 'LATAAMO_KEY']
    const named = pages.flatMap((page) =>
      [
        ...fs
          .readFileSync(page, 'utf8')
          .matchAll(/\b(?:LATAAMO|DATABASE|TLS|STATION|DATA|LOG|OPS|PUBLIC|TRUSTED)_[A-Z_]*[A-Z]\b/g),
      ].map(([name]) => name),
    )
    expect(named.length).toBeGreaterThan(10)
    expect(named.filter((name) => !known.includes(name))).toEqual([])
  })

  it('name for every promise tests that cite it', () => {
    const rows = fs
      .readFileSync('docs/reliability.md', 'utf8')
      .split('\n')
      .filter((line) => /^\| [a-zA-Z]+[ -]\w/.test(line))
    expect(rows.length).toBeGreaterThan(20)
    const silent = rows.flatMap((row) => {
      const id = row.split('|')[1]?.trim() ?? ''
      const cited = new RegExp(`\\b${id}\\b`)
      const tests = [...row.matchAll(/\]\(\.\.\/([^)]+)\)/g)].map(([, file]) => file ?? '')
      // A test may have moved to a file beside it.
      const deaf = tests.filter((file) => !testsBeside(file).some((text) => cited.test(text)))
      return tests.length === 0 ? [`${id}: no test`] : deaf.map((file) => `${id}: ${file}`)
    })
    expect(silent).toEqual([])
  })
})

describe('the readable API page of the whole server', () => {
  const texts = openTexts(languagesFolder)
  const { html } = apiPage(describeApi(), texts)

  it('has a text for every code that a route may answer', () => {
    const named = [...html.matchAll(/href="#problem-([a-z-]+)"/g)].map(([, code]) => code ?? '')
    expect(named.length).toBeGreaterThan(30)
    const known = new Set(texts.codesOf('refusal'))
    expect(named.filter((code) => !known.has(code))).toEqual([])
  })

  it('describes each list as items and next', () => {
    const paths = describeApi()['paths'] as Readonly<Record<string, Readonly<Record<string, DescribedRoute>>>>
    const lists = Object.entries(paths).flatMap(([name, { get }]) => {
      const schema = get?.responses['200']?.content?.['application/json']?.schema
      return schema?.properties?.['items'] === undefined ? [] : [{ name, required: schema.required ?? [] }]
    })
    expect(lists.length).toBeGreaterThan(15)
    expect(lists.filter(({ required }) => !required.includes('next'))).toEqual([])
  })

  it('lists as codes of a field only what may be wrong with one', () => {
    const codes = [...html.matchAll(/id="field-([^"]+)"/g)].map(([, code]) => code)
    expect(codes).toContain('too-small')
    // A word of a page.
    expect(codes).not.toContain('payload')
  })

  it('has no link that leads nowhere', () => {
    const ids = new Set([...html.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id))
    const links = [...html.matchAll(/href="#([^"]+)"/g)].map(([, id]) => id)
    expect(links.filter((id) => !ids.has(id))).toEqual([])
  })
})
