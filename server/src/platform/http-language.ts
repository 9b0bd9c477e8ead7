import type { FastifyRequest } from 'fastify'
import type { ProblemContext } from './http-problem.ts'
import type { Caller } from './http-routes.ts'
import { languageFor } from './language.ts'
import type { Texts } from './texts.ts'

/** The language that the request itself asks for. */
export function languageOf(texts: Pick<Texts, 'languages'>, request: FastifyRequest): string {
  return languageFor(request.headers['accept-language'], texts.languages)
}

/** A refusal is told in the caller's language. */
export function contextOf(texts: Texts, request: FastifyRequest, caller?: Caller): ProblemContext {
  const language = caller && 'language' in caller ? caller.language : languageOf(texts, request)
  return { texts, language, requestId: request.id }
}

/** The page says its language before any script runs, and which others there are. */
export function pageInLanguage(page: string, language: string, languages: readonly string[]): string {
  return page.replace('<html lang="en">', `<html lang="${language}" data-languages="${languages.join(' ')}">`)
}
