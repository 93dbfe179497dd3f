import { describe, expect, test } from 'vitest'
import { FairLock } from '../../../src/fair-lock.js'

const tick = () => new Promise((resolve) => setTimeout(resolve, 1))

describe('FairLock', () => {
  test('lets readers in together and writers alone, in order of arrival', async () => {
    const lock = new FairLock()
    const log: string[] = []
    const task = (name: string) => async () => {
      log.push(`${name} in`)
      await tick()
      log.push(`${name} out`)
    }
    await Promise.all([
      lock.together(task('a')),
      lock.together(task('b')),
      lock.alone(task('C')),
      lock.together(task('d')),
      lock.alone(task('E')),
    ])
    expect(log).toEqual(['a in', 'b in', 'a out', 'b out', 'C in', 'C out', 'd in', 'd out', 'E in', 'E out'])
    expect(lock.isIdle).toBe(true)
  })

  test('goes on after a task that throws, at once or later', async () => {
    const lock = new FairLock()
    const failures = [
      lock.alone(() => {
        throw new RangeError('at once')
      }),
      lock.alone(async () => {
        throw new RangeError('later')
      }),
    ]
    expect(await Promise.allSettled(failures)).toMatchObject([{ status: 'rejected' }, { status: 'rejected' }])
    expect(await lock.alone(() => 1)).toBe(1)
  })

  test('takes who is aborted out of the queue, and lets in who waited behind', async () => {
    const lock = new FairLock()
    const controller = new AbortController()
    let end = () => {}
    const reading = lock.together(() => new Promise<void>((resolve) => (end = resolve)))
    const writing = lock.alone(() => 'never', controller.signal)
    const behind = lock.together(() => 'in')
    controller.abort(new RangeError('enough'))
    await expect(writing).rejects.toThrow('enough')
    expect(await behind).toBe('in')
    end()
    await reading
    await expect(lock.alone(() => 1, controller.signal)).rejects.toThrow('enough')
    expect(lock.isIdle).toBe(true)
  })

  test('does not mind a signal that is aborted while the task runs', async () => {
    const lock = new FairLock()
    const controller = new AbortController()
    const running = lock.alone(async () => {
      controller.abort()
      return 'done'
    }, controller.signal)
    expect(await running).toBe('done')
  })
})
