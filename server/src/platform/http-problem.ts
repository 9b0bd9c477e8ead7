import type { FastifyReply } from 'fastify'
import type { z } from 'zod'
import { type FieldFault, type Refused, refuse } from './result.ts'
import type { Texts } from './texts.ts'

/** RFC 9457, with a stable code, the request's id, and the fields at fault. */
export interface Problem {
  readonly type: string
  readonly title: string
  readonly status: number
  readonly code: string
  readonly detail: string
  readonly requestId: string
  readonly errors?: readonly { readonly pointer: string; readonly code: string; readonly message: string }[]
}

export interface ProblemContext {
  readonly texts: Texts
  readonly language: string
  readonly requestId: string
}

/** Nobody reads more; and a body of nothing but faults must not keep us writing sentences. */
const MOST_FAULTS = 50

export function problem(status: number, refused: Refused, context: ProblemContext): Problem {
  const { texts, language, requestId } = context
  const detail = texts.ofCode(language, 'refusal', refused.code, refused.values)
  const errors = refused.fields?.slice(0, MOST_FAULTS).map(({ pointer, code, values }) => ({
    pointer,
    code,
    message: texts.ofCode(language, 'field', code, values),
  }))
  const title = (detail.split(/(?<=[.:])\s/)[0] ?? detail).replace(/:$/, '.')
  return {
    type: `/docs#problem-${refused.code}`,
    title,
    status,
    code: refused.code,
    detail,
    requestId,
    ...(errors ? { errors } : {}),
  }
}

export function sendProblem(reply: FastifyReply, made: Problem): FastifyReply {
  return reply.status(made.status).header('cache-control', 'no-store').type('application/problem+json').send(made)
}

/** The database is away: the same call may work soon. */
export function sendAway(reply: FastifyReply, context: ProblemContext): FastifyReply {
  reply.header('retry-after', '5')
  return sendProblem(reply, problem(503, refuse('database-away'), context))
}

/** Zod's issues as field faults: a JSON pointer into the body (RFC 6901), a stable code of ours. Parse with `reportInput`. */
export function faultsOf(error: z.ZodError): FieldFault[] {
  return error.issues.flatMap((issue) => faultsOfIssue(issue, []))
}

function faultsOfIssue(issue: z.core.$ZodIssue, within: readonly PropertyKey[]): FieldFault[] {
  const path = [...within, ...issue.path]
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({ pointer: pointerOf([...path, key]), code: 'not-known' }))
  }
  if (issue.code === 'invalid_union') {
    const likely = likeliest(issue.errors)
    if (likely !== undefined) return likely.flatMap((inner) => faultsOfIssue(inner, path))
  }
  return [{ pointer: pointerOf(path), ...codeOf(issue) }]
}

/** Of a union's members the one that was probably meant: of the right kind, with the fewest faults. */
function likeliest(members: readonly (readonly z.core.$ZodIssue[])[]): readonly z.core.$ZodIssue[] | undefined {
  const ofTheKind = members.filter((issues) =>
    issues.every(({ code, path }) => path.length > 0 || code === 'unrecognized_keys'),
  )
  return ofTheKind.toSorted((left, right) => left.length - right.length)[0]
}

function pointerOf(path: readonly PropertyKey[]): string {
  return path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')
}

function codeOf(issue: z.core.$ZodIssue): Omit<FieldFault, 'pointer'> {
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined
        ? { code: 'missing' }
        : { code: 'wrong-type', values: { expected: issue.expected } }
    case 'too_small':
      return { code: 'too-small', values: { least: String(issue.minimum), ...counted(issue.origin, issue.minimum) } }
    case 'too_big':
      return { code: 'too-big', values: { most: String(issue.maximum), ...counted(issue.origin, issue.maximum) } }
    case 'invalid_value':
      return { code: 'not-one-of', values: { allowed: issue.values.map(String).join(', ') } }
    case 'custom':
      return { code: typeof issue.params?.['code'] === 'string' ? issue.params['code'] : 'not-valid' }
    case 'unrecognized_keys':
      return { code: 'not-known' }
    case 'invalid_format':
      return { code: 'not-valid', ...wordingOf(issue.format) }
    case 'invalid_union':
      return kindFaultOf(issue)
    case 'invalid_key':
    case 'invalid_element':
    case 'not_multiple_of':
      return { code: 'not-valid' }
  }
}

/** Which sentence says what is meant by a form that has a name. */
function wordingOf(format: string): Pick<FieldFault, 'values'> {
  const context = { datetime: 'instant', uuid: 'id' }[format]
  return context === undefined ? {} : { values: { context } }
}

/** Of things of several kinds: the one that was asked for is none of them, or was not named. */
function kindFaultOf(issue: z.core.$ZodIssueInvalidUnion): Omit<FieldFault, 'pointer'> {
  if (issue.input === undefined) return { code: 'missing' }
  if (issue.discriminator === undefined || !('options' in issue)) return { code: 'not-valid' }
  const given = (issue.input as Readonly<Record<string, unknown>> | undefined)?.[issue.discriminator]
  if (given === undefined) return { code: 'missing' }
  return { code: 'not-one-of', values: { allowed: issue.options?.map(String).join(', ') ?? '' } }
}

/** A limit of a text counts its characters, one of a list its members: the sentence says which. */
function counted(origin: string, limit: number | bigint): Readonly<Record<string, string | number>> {
  if (origin !== 'string' && origin !== 'array') return {}
  return { context: origin === 'string' ? 'text' : 'list', count: Number(limit) }
}

// oxlint-disable-next-line no-control-regex -- control characters are what it looks for
const CONTROL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/

function isText(text: string): boolean {
  return !CONTROL.test(text) && text.isWellFormed()
}

/** Nothing that is asked for is nested half as deep. */
const DEEPEST = 40

/**
 * What is nested too deep to be written out again, and texts with control characters, line ends and tabs excepted, or with halves of characters: PostgreSQL takes no NUL and its JSON no halves, and a
 * terminal or a log would act on the others. Walks without recursion, since a body may be nested as deep as it is long.
 */
export function controlFaultsOf(input: unknown): FieldFault[] {
  const faults: FieldFault[] = []
  const waiting: { readonly value: unknown; readonly pointer: string; readonly depth: number }[] = [
    { value: input, pointer: '', depth: 0 },
  ]
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { value, pointer, depth } = next
    if (typeof value === 'string' && !isText(value)) faults.push({ pointer, code: 'not-valid' })
    if (typeof value !== 'object' || value === null) continue
    if (depth > DEEPEST) {
      faults.push({ pointer, code: 'not-valid' })
      continue
    }
    for (const [name, member] of Object.entries(value)) {
      const at = `${pointer}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`
      if (!isText(name)) faults.push({ pointer, code: 'not-known' })
      waiting.push({ value: member, pointer: at, depth: depth + 1 })
    }
  }
  return faults
}
