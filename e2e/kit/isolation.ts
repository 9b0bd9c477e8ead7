import type { Asked, Example } from './route-asking.ts'
import { examples } from './route-examples.ts'
import { type Reply, type Rest, restOf } from './rest.ts'
import { unknownIds, type World } from './world.ts'

/** Row 7, attacks 25 to 27: every route of the description, asked with another tenant's things. Each fault is a sentence. */

export interface Description {
  readonly paths: Readonly<Record<string, Readonly<Record<string, unknown>>>>
}

export function routesOf(description: Description): readonly string[] {
  return Object.entries(description.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  )
}

/** A route that nobody has thought about is a fault, and so is a line about a route that is gone. */
export function faultsOfExamples(routes: readonly string[]): readonly string[] {
  return [
    ...routes.filter((route) => !(route in examples)).map((route) => `${route} has no example`),
    ...Object.keys(examples)
      .filter((route) => !routes.includes(route))
      .map((route) => `${route} is no route`),
  ]
}

export async function faultsOfIsolation(own: World, other: World, platform: Rest): Promise<readonly string[]> {
  const faults: string[] = []
  for (const route of Object.keys(examples)) faults.push(...(await faultsOfRoute(route, own, other, platform)))
  return faults
}

export async function faultsOfRoute(
  route: string,
  own: World,
  other: World,
  platform: Rest,
): Promise<readonly string[]> {
  const faults: string[] = []
  for (const example of examples[route] ?? []) {
    switch (example.kind) {
      case 'asks':
        faults.push(...(await faultsOfAsking(route, example, own, other)))
        break
      case 'public':
        faults.push(...(await faultsOfPublic(route, example, own, other)))
        break
      case 'platform':
        faults.push(...(await faultsOfPlatform(route, example, own, platform)))
        break
      case 'elsewhere':
        break
    }
  }
  return faults
}

type AskExample = Extract<Example, { kind: 'asks' }>

async function faultsOfAsking(
  route: string,
  { ask, status, shows }: AskExample,
  own: World,
  other: World,
): Promise<string[]> {
  const faults: string[] = []
  const { rest } = own.network
  if (namesIds(ask)) faults.push(...(await faultsOfDenial(route, ask, own, other)))
  for (const reply of await disguised(rest, route, ask(own.ids, own.ids), other))
    faults.push(...leaks(route, reply, own, other, {}))
  // The control: the same with one's own.
  const allowed = await askFor(rest, route, ask(own.ids, own.ids))
  if (allowed.status !== status)
    faults.push(`${route}: with own ids ${allowed.status} instead of ${status}: ${allowed.text}`)
  if (shows !== undefined && !allowed.text.includes(shows(own.ids)))
    faults.push(`${route}: does not show what is one's own`)
  faults.push(...leaks(route, allowed, own, other, {}))
  return faults
}

async function faultsOfDenial(route: string, ask: AskExample['ask'], own: World, other: World): Promise<string[]> {
  const faults: string[] = []
  const { rest } = own.network
  const nobody = unknownIds()
  const asked = ask(other.ids, own.ids)
  const denied = await askFor(rest, route, asked)
  const unknown = await askFor(rest, route, ask(nobody, own.ids))
  if (masked(denied) !== masked(unknown))
    faults.push(`${route}: another tenant's id is answered ${masked(denied)}, an unknown one ${masked(unknown)}`)
  if (/^(PATCH|DELETE)/.test(route) && denied.status < 400) faults.push(`${route}: changed what is another tenant's`)
  return [...faults, ...leaks(route, denied, own, other, asked)]
}

/** Whether the question depends on whose ids are taken. */
export function namesIds(ask: AskExample['ask']): boolean {
  const [some, others] = [unknownIds(), unknownIds()]
  return JSON.stringify(ask(some, some)) !== JSON.stringify(ask(others, some))
}

/** The other tenant named wherever a careless program might look for it. */
async function disguised(rest: Rest, route: string, asked: Asked, other: World): Promise<readonly Reply[]> {
  // Only what changes nothing may be repeated.
  if (!route.startsWith('GET')) return []
  const { id, slug } = other.network
  return Promise.all([
    askFor(rest, route, { ...asked, query: { ...asked.query, tenantId: id } }),
    askFor(rest, route, { ...asked, query: { ...asked.query, tenant: slug } }),
    askFor(rest, route, asked, { 'x-tenant-id': id, 'x-tenant': slug, cookie: `tenant=${id}` }),
  ])
}

async function faultsOfPublic(
  route: string,
  { ask }: Extract<Example, { kind: 'public' | 'platform' }>,
  own: World,
  other: World,
): Promise<string[]> {
  const reply = await askFor(own.network.rest, route, ask?.(other.ids) ?? {})
  const secrets = other.marks.filter((mark) => !mark.startsWith('"'))
  return secrets.filter((mark) => reply.text.includes(mark)).map((mark) => `${route}: tells ${mark} to everybody`)
}

async function faultsOfPlatform(
  route: string,
  { ask }: Extract<Example, { kind: 'public' | 'platform' }>,
  own: World,
  platform: Rest,
): Promise<string[]> {
  const asked = ask?.(own.ids) ?? {}
  const faults: string[] = []
  const denied = await askFor(own.network.rest, route, asked)
  if (denied.status !== 403) faults.push(`${route}: a tenant's key is answered ${denied.status}`)
  const anonymous = await askFor(restOf(own.network.rest.url, undefined), route, asked)
  if (anonymous.status !== 401 && anonymous.status !== 403)
    faults.push(`${route}: nobody's call is answered ${anonymous.status}`)
  const allowed = await askFor(platform, route, asked)
  if (allowed.status === 401 || allowed.status === 403)
    faults.push(`${route}: the platform's key is answered ${allowed.status}`)
  return faults
}

export function askFor(
  rest: Rest,
  route: string,
  asked: Asked,
  headers: Readonly<Record<string, string>> = {},
): Promise<Reply> {
  const [method = '', path = ''] = route.split(' ')
  const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent(asked.params?.[name] ?? 'missing'),
  )
  const query = asked.query === undefined ? '' : `?${new URLSearchParams(asked.query).toString()}`
  const body = method === 'POST' || method === 'PATCH' ? (asked.body ?? {}) : undefined
  return rest.send(method, filled + query, body, headers)
}

/** What an answer says, without what must differ: ids, instants, and a key that was just made. */
function masked({ status, text }: Reply): string {
  const shown = text
    .replaceAll(/"key":"[^"]*"/g, '"key":""')
    .replaceAll(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, '<id>')
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '<instant>')
  return `${status} ${shown}`
}

/** The other's marks, those excepted that the question itself contained. */
function leaks(route: string, reply: Reply, own: World, other: World, asked: Asked): string[] {
  const said = JSON.stringify(asked)
  return other.marks
    .filter((mark) => reply.text.includes(mark) && !said.includes(mark) && !own.marks.includes(mark))
    .map((mark) => `${route}: shows ${mark}, which is another tenant's`)
}
