// The storage worker, whose second one says over a channel that it begins to compute, and ends when anything is said there.
import '../../worker/entry.js'

const channel = new BroadcastChannel('second-worker')
const { postMessage } = Worker.prototype

Worker.prototype.postMessage = function (this: Worker, message: { readonly path?: readonly string[] }, options) {
  channel.onmessage = () => this.terminate()
  Reflect.apply(postMessage, this, [message, options])
  if (message.path?.[0] === 'computeFor') channel.postMessage('it computes')
}
