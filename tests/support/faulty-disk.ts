// A disk over a directory that fails as browsers' do, behind real MessageChannels: buffers move, the service can die.
import type { Disk } from '../../src/disk.js'
import { DiskHandle } from '../../src/disk-handle.js'
import { MemoryStateStore } from '../../src/engine/memory-directory.js'
import { scheduler } from '../../src/engine/scheduler.js'
import { createService } from '../../src/engine/service.js'
import { replyTo } from '../../src/reply.js'
import { Session } from '../../src/session.js'
import { connectFake, FakeConnector, FakeService } from './fake-service.js'
import { FaultyDirectory } from './faulty-directory.js'

export interface FaultyDisk {
  readonly disk: Disk
  readonly directory: FaultyDirectory
  readonly connector: FakeConnector
}

export async function openFaultyDisk(memoryBudget = 2 ** 30): Promise<FaultyDisk> {
  const directory = new FaultyDirectory()
  const states = new MemoryStateStore()
  const connector = new FakeConnector(() => {
    const service = new FakeService()
    const host = {
      openDirectory: async () => directory,
      states: () => states,
      scheduler,
      liveClients: async () => new Set(['c']),
      closeDirectory: async () => undefined,
      ownsBuffers: true,
    }
    const root = createService(host, (message) => service.send(message))
    service.open = (request) => root.open(request)
    service.call = async (request) => {
      service.calls.push(request)
      return replyTo(request, await root.call(request))
    }
    service.abort = (id) => root.abort(id)
    service.told = (id) => root.told(id)
    return service
  })
  const session = new Session(await connectFake(connector), memoryBudget)
  await session.begin()
  return { disk: new DiskHandle(session, (how) => session.close(how)), directory, connector }
}
