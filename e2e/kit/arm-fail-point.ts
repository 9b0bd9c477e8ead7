// Loaded before the program (`node --import`): lets it die at the n-th passing of a fail point, `FAIL_POINT=name:n`.
import type { FailPoint } from '../../server/src/platform/fail-points.ts'

const [wanted, count] = (process.env['FAIL_POINT'] ?? '').split(':')
let left = Number(count ?? 1)

Object.assign(globalThis, {
  [Symbol.for('lataamo.fail-point')](name: FailPoint) {
    if (name !== wanted) return
    left -= 1
    if (left <= 0) process.kill(process.pid, 'SIGKILL')
  },
})
