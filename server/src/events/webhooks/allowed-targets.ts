import { z } from 'zod'
import { type AllowedTarget, mayBeAllowed } from '../../platform/index.ts'

/** The exceptions of one tenant: addresses on site that calls of ours may reach, given by the platform's administrator. */
export const allowedTargetsShape = z
  .array(
    z.strictObject({
      address: z.string().refine(mayBeAllowed, { params: { code: 'not-an-allowed-range' } }),
      port: z.int().min(1).max(65_535),
      plain: z.boolean().default(false),
    }),
  )
  .max(50)

/** As they are kept; what cannot be read allows nothing. */
export function allowedFrom(kept: unknown): readonly AllowedTarget[] {
  const read = allowedTargetsShape.safeParse(kept ?? [])
  return read.success ? read.data : []
}
