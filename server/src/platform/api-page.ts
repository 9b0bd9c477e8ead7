import { html, type Markup } from './html.ts'
import { type Schema, schemaText } from './schema-text.ts'
import { apiPageStyle } from './api-page-style.ts'
import type { Texts } from './texts.ts'

interface Answer {
  readonly description: string
  readonly 'x-codes'?: readonly string[]
  readonly content?: Readonly<Record<string, { readonly schema?: Schema }>>
}

interface Parameter {
  readonly name: string
  readonly in: string
  readonly required: boolean
  readonly schema: Schema
}

interface Operation {
  readonly operationId: string
  readonly tags: readonly string[]
  readonly summary: string
  readonly description: string
  readonly security?: readonly unknown[]
  /** Headers stand as references: what they do is told once, in short, at the top of the page. */
  readonly parameters: readonly (Parameter | { readonly $ref: string })[]
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> }
  readonly responses: Readonly<Record<string, Answer>>
}

interface Route extends Operation {
  readonly method: string
  readonly path: string
}

type Say = (key: string, values?: Readonly<Record<string, unknown>>) => string

/** Where the page's stylesheet must be served. */
export const API_STYLE_PATH = '/docs.css'

/** The readable API page, made from the OpenAPI document: no script, one stylesheet. In English, as the document is. */
export function apiPage(
  document: Readonly<Record<string, unknown>>,
  texts: Texts,
): { readonly html: string; readonly css: string } {
  const say: Say = (key, values) => texts.find('en', `platform.docs.${key}`, values) ?? key
  const routes = routesOf(document)
  const byTag = [...Map.groupBy(routes, (route) => route.tags[0] ?? '')].sort(([a], [b]) => (a < b ? -1 : 1))
  const version = (document['info'] as { version?: string } | undefined)?.version ?? ''
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${say('title')}</title>
<link rel="stylesheet" href="${API_STYLE_PATH}">
</head>
<body>
<a class="skip" href="#requests">${say('skip')}</a>
<header>
<h1>${say('title')}</h1>
<p>${say('intro', { version })}</p>
<p>${linked(say('description', { link: '\u0000' }), html`<a href="/v1/openapi.json">/v1/openapi.json</a>`)}</p>
</header>
<div class="columns">
${contents(byTag, say)}
<main id="requests">
${conventions(say)}
${byTag.map(([tag, members]) => section(tag, members, say))}
${problems(routes, texts, say)}
</main>
</div>
</body>
</html>
`
  return { html: page.markup, css: apiPageStyle }
}

function linked(sentence: string, link: Markup): Markup {
  const [before, after] = sentence.split('\u0000')
  return html`${before}${link}${after}`
}

function routesOf(document: Readonly<Record<string, unknown>>): readonly Route[] {
  const paths = document['paths'] as Readonly<Record<string, Readonly<Record<string, Operation>>>>
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ ...operation, method: method.toUpperCase(), path })),
  )
}

function contents(byTag: readonly (readonly [string, readonly Route[]])[], say: Say): Markup {
  return html`<nav aria-label="${say('contents')}">
<ul>
${byTag.map(
  ([tag, routes]) => html`<li><a href="#${anchorOf(tag)}">${tag}</a><ul>
${routes.map((route) => html`<li><a href="#${route.operationId}">${method(route)} ${shortPath(route.path)}</a></li>\n`)}</ul></li>
`,
)}<li><a href="#problems">${say('problems')}</a></li>
</ul>
</nav>`
}

function anchorOf(tag: string): string {
  return `tag-${tag.replaceAll(' ', '-')}`
}

/** Breaks may come after a slash, so that long paths fit a phone. */
function shortPath(path: string): Markup {
  return html`${path
    .replace(/^\/v1/, '')
    .split('/')
    .map((part, n) => (n === 0 ? part : html`/<wbr>${part}`))}`
}

function method(route: Route): Markup {
  return html`<b class="method ${route.method.toLowerCase()}">${route.method}</b>`
}

function conventions(say: Say): Markup {
  const all = ['key', 'json', 'lists', 'repeat', 'change', 'problem']
  return html`<section>
<h2>${say('conventions')}</h2>
<ul>
${all.map((name) => html`<li>${say(`convention.${name}`)}</li>\n`)}</ul>
</section>`
}

function section(tag: string, routes: readonly Route[], say: Say): Markup {
  return html`<section>
<h2 id="${anchorOf(tag)}">${tag}</h2>
${routes.map((route) => operation(route, say))}
</section>`
}

function operation(route: Route, say: Say): Markup {
  const isOpen = route.security !== undefined && route.security.length === 0
  const need = isOpen ? say('needs-nothing') : route.description.replace(/^Needs: |\.$/g, '')
  const body = Object.values(route.requestBody?.content ?? {})[0]?.schema
  return html`<article id="${route.operationId}">
<h3>${method(route)} <code>${route.path}</code></h3>
<p>${route.summary}</p>
<dl>
<dt>${say('needs')}</dt><dd>${isOpen ? need : html`<code>${need}</code>`}</dd>
${parameters(route, say)}
${body === undefined ? undefined : html`<dt>${say('body')}</dt><dd><pre>${schemaText(body)}</pre></dd>`}
${answers(route, say)}
${codesOf(route, say)}
</dl>
</article>
`
}

function parameters(route: Route, say: Say): Markup | undefined {
  const own = route.parameters.filter((parameter) => 'name' in parameter)
  if (own.length === 0) return undefined
  const rows = own.map((parameter) => {
    const notes = [say(parameter.in === 'path' ? 'in-path' : 'in-query'), parameter.required ? '' : say('optional')]
    return html`<li><code>${parameter.name}</code>: <code>${schemaText(parameter.schema)}</code> <span class="note">${notes.filter((note) => note !== '').join(', ')}</span></li>
`
  })
  return html`<dt>${say('parameters')}</dt><dd><ul>${rows}</ul></dd>`
}

function answers(route: Route, say: Say): readonly Markup[] {
  return Object.entries(route.responses)
    .filter(([status]) => status.startsWith('2'))
    .map(([status, answer]) => {
      const schema = answer.content?.['application/json']?.schema
      const told = answer.content?.['text/event-stream'] === undefined ? say('no-content') : say('stream')
      return html`<dt>${say('answer')} ${status}</dt><dd>${schema === undefined ? told : html`<pre>${schemaText(schema)}</pre>`}</dd>
`
    })
}

function codesOf(route: Route, say: Say): Markup | undefined {
  const rows = Object.entries(route.responses).flatMap(([status, answer]) =>
    (answer['x-codes'] ?? []).map(
      (code) => html`<li>${status} <a href="#problem-${code}"><code>${code}</code></a></li>\n`,
    ),
  )
  return rows.length === 0 ? undefined : html`<dt>${say('problems')}</dt><dd><ul>${rows}</ul></dd>`
}

function problems(routes: readonly Route[], texts: Texts, say: Say): Markup {
  const named = routes.flatMap((route) => Object.values(route.responses).flatMap((answer) => answer['x-codes'] ?? []))
  const codes = [...new Set([...named, ...texts.codesOf('refusal')])].sort()
  return html`<section>
<h2 id="problems">${say('problems')}</h2>
<p>${say('problems-intro')}</p>
<dl class="codes">
${codes.map((code) => html`<dt id="problem-${code}"><code>${code}</code></dt><dd>${texts.ofCode('en', 'refusal', code)}</dd>\n`)}</dl>
<h2 id="fields">${say('fields')}</h2>
<p>${say('fields-intro')}</p>
<dl class="codes">
${texts.codesOf('field').map((code) => html`<dt id="field-${code}"><code>${code}</code></dt><dd>${texts.ofCode('en', 'field', code)}</dd>\n`)}</dl>
</section>`
}
