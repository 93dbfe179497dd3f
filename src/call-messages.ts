// Calls and their answers as messages of their own beside comlink's: nearly all of what goes over a channel, and a small read
// would spend in comlink as much time as in the service.
import { toErrorData } from './core/error-data.js'
import type { CallRequest, Outcome } from './protocol.js'
import type { Reply } from './reply.js'

interface CallMessage {
  readonly calls: readonly CallRequest[]
}

interface Answer extends Reply {
  /** Of the request. */
  readonly id: number
}

interface AnswerMessage {
  readonly answers: readonly Answer[]
}

/** A Worker, a MessagePort, or the worker itself. */
interface Channel {
  postMessage(message: unknown, transfer: ArrayBuffer[]): void
  addEventListener(type: 'message', listener: (event: MessageEvent<unknown>) => void): void
}

/** What is said in one turn goes in one message; but of no more, for the other side is to work meanwhile. */
const MAX_TOGETHER = 64

interface Item<T> {
  readonly content: T
  readonly buffers: readonly ArrayBuffer[]
  /** It cannot be sent. */
  fail(error: unknown): void
}

class Outbox<T> {
  readonly #post: (contents: readonly T[], buffers: ArrayBuffer[]) => void
  #items: Item<T>[] = []

  /** `post` throws where one of the contents cannot be sent, and then has sent nothing. */
  constructor(post: (contents: readonly T[], buffers: ArrayBuffer[]) => void) {
    this.#post = post
  }

  add(item: Item<T>): void {
    if (this.#items.length === MAX_TOGETHER) this.flush()
    if (this.#items.push(item) === 1) queueMicrotask(() => this.flush())
  }

  flush(): void {
    const items = this.#items
    if (items.length === 0) return
    this.#items = []
    try {
      this.#send(items)
    } catch {
      for (const item of items) this.#sendAlone(item)
    }
  }

  #sendAlone(item: Item<T>): void {
    try {
      this.#send([item])
    } catch (error) {
      item.fail(error)
    }
  }

  #send(items: readonly Item<T>[]): void {
    this.#post(
      items.map(({ content }) => content),
      items.flatMap(({ buffers }) => buffers),
    )
  }
}

export interface CallSender {
  /** The ids of the requests differ; `buffers` move along. Errors: DataCloneError. */
  call(request: CallRequest, buffers: readonly ArrayBuffer[]): Promise<Reply>
  /** Before anything else is sent that refers to calls. */
  flush(): void
}

export function sendCalls(channel: Channel): CallSender {
  const waiting = new Map<number, (reply: Reply) => void>()
  const outbox = new Outbox<CallRequest>((calls, buffers) =>
    channel.postMessage({ calls } satisfies CallMessage, buffers),
  )
  channel.addEventListener('message', ({ data }) => {
    if (!isAnswer(data)) return
    for (const answer of data.answers) {
      waiting.get(answer.id)?.(answer)
      waiting.delete(answer.id)
    }
  })
  return {
    call: (request, buffers) =>
      new Promise((resolve, reject) => {
        const fail = (error: unknown) => {
          waiting.delete(request.id)
          reject(error)
        }
        waiting.set(request.id, resolve)
        outbox.add({ content: request, buffers, fail })
      }),
    flush: () => outbox.flush(),
  }
}

/** Answers what `sendCalls` sends; the buffers of result and reply move. */
export function answerCalls(
  channel: Channel,
  call: (request: CallRequest) => Promise<Reply>,
): { readonly flush: () => void } {
  const outbox = new Outbox<Answer>((answers, buffers) =>
    channel.postMessage({ answers } satisfies AnswerMessage, buffers),
  )
  const send = (id: number, reply: Reply): void => {
    const fail = (error: unknown) => send(id, failed(error)) // or somebody would wait for ever
    outbox.add({ content: { id, ...reply }, buffers: replyBuffers(reply), fail })
  }
  const answer = async (request: CallRequest): Promise<void> => send(request.id, await call(request).catch(failed))
  channel.addEventListener('message', ({ data }) => {
    if (isCall(data)) for (const request of data.calls) void answer(request)
  })
  return { flush: () => outbox.flush() }
}

function isCall(data: unknown): data is CallMessage {
  return typeof data === 'object' && data !== null && 'calls' in data
}

function isAnswer(data: unknown): data is AnswerMessage {
  return typeof data === 'object' && data !== null && 'answers' in data
}

function failed(error: unknown): Reply {
  return { outcome: { ok: false, error: toErrorData(error) } }
}

function replyBuffers({ outcome, buffer }: Reply): ArrayBuffer[] {
  return buffer === undefined ? resultBuffers(outcome) : [...resultBuffers(outcome), buffer]
}

function resultBuffers(outcome: Outcome<unknown>): ArrayBuffer[] {
  if (!outcome.ok || typeof outcome.value !== 'object' || outcome.value === null) return []
  return 'buffer' in outcome.value && outcome.value.buffer instanceof ArrayBuffer ? [outcome.value.buffer] : []
}
