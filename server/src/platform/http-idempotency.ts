import { createHash } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Tx } from './db-transaction.ts'
import type { StaffOrKey } from './http-routes.ts'
import { type DataKey, sameBytes } from './keys.ts'
import { type FieldFault, must, ok, refuse, type Result } from './result.ts'
import { json, sql } from './sql.ts'

export interface KeyedCall {
  readonly key: string
  readonly route: string
  readonly caller: StaffOrKey
  readonly request: FastifyRequest
  readonly at: Temporal.Instant
}

/** An empty one comes from a program that lost its own: taken as a key, it would make all its calls one. */
function faultOfKey(key: string): Omit<FieldFault, 'pointer'> | undefined {
  if (key.trim() === '') return { code: 'too-small', values: { least: '1', context: 'text', count: 1 } }
  return key.length > 200 ? { code: 'too-big', values: { most: '200', context: 'text', count: 200 } } : undefined
}

interface KeptAnswer {
  readonly value: unknown
  readonly location: string | undefined
}

/**
 * The same key with the same body gives the same answer and has one effect; with another body it is refused. A second call while the
 * first is under way waits for it: the row's unique key is held by the first one's transaction. Answers are kept sealed, since some
 * hold a secret that is shown once.
 */
export async function withIdempotencyKey(
  tx: Tx,
  dataKey: DataKey,
  call: KeyedCall,
  work: () => Promise<Result<unknown>>,
  reply: FastifyReply,
): Promise<Result<unknown>> {
  const { key, route, caller, request, at } = call
  const fault = faultOfKey(key)
  if (fault !== undefined) return refuse('bad-input', { fields: [{ pointer: '/headers/idempotency-key', ...fault }] })
  const bodyHash = createHash('sha256')
    .update(`${request.url}\n${JSON.stringify(request.body ?? null)}`)
    .digest()
  const made = await tx.run(sql`
    insert into idempotency_keys (tenant_id, key, route, actor_id, body_hash, created_at)
    values (${tx.tenantId}, ${key}, ${route}, ${caller.actorId}, ${bodyHash}, ${at}) on conflict do nothing`)
  if (made === 1) {
    const result = await work()
    if (result.ok) {
      const kept: KeptAnswer = { value: result.value ?? null, location: reply.getHeader('location')?.toString() }
      const sealed = dataKey.encrypt(JSON.stringify(kept)).toString('base64')
      await tx.run(sql`
        update idempotency_keys set status = 200, answer = ${json(sealed)}::jsonb
        where tenant_id = ${tx.tenantId} and actor_id = ${caller.actorId} and key = ${key}`)
    }
    return result
  }
  const before = must(
    await tx.row<{ bodyHash: Buffer; answer: string | null }>(sql`
      select body_hash as "bodyHash", answer from idempotency_keys
      where tenant_id = ${tx.tenantId} and actor_id = ${caller.actorId} and key = ${key}`),
    'the row of an idempotency key',
  )
  if (!sameBytes(before.bodyHash, bodyHash)) return refuse('idempotency-key-reused')
  reply.header('idempotency-replayed', 'true')
  const kept = JSON.parse(
    dataKey.decrypt(Buffer.from(must(before.answer, 'kept answer'), 'base64')).toString(),
  ) as KeptAnswer
  if (kept.location !== undefined) reply.header('location', kept.location)
  return ok(kept.value)
}
