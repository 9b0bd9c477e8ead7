import { z } from 'zod'
import { type AnyRoute, ok, openRoute, wholeListOf } from '../platform/index.ts'
import { roleNames, roles } from './rights.ts'

export function rightsRoutes(): AnyRoute[] {
  return [
    openRoute({
      method: 'GET',
      path: '/v1/roles',
      tag: 'people and keys',
      summary: 'What each role may',
      who: 'signed-in',
      answer: wholeListOf(z.strictObject({ id: z.enum(roleNames), rights: z.array(z.string()) })),
      handle: async () => ok({ items: roleNames.map((id) => ({ id, rights: [...roles[id].rights] })), next: null }),
    }),
  ]
}
