// WebKitGTK's MiniBrowser as a user starts it: under automation it is a private window, without OPFS. So no WebDriver: the test
// page asks a small server here what to run. There is no headless mode: a virtual screen is started for it.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import type { Driver, DriverPage, Launch } from './driver.js'

const FEATURES = 'StorageAPI,StorageAPIEstimate,AccessHandle,FileSystem'

export const launchWebKitGtk: Launch = async ({ executablePath, profile }) => {
  const screen = spawn('Xvfb', ['-displayfd', '3', '-nolisten', 'tcp'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  })
  const [display] = (await once(screen.stdio[3] as Readable, 'data')) as [Buffer]
  const env = { ...process.env, DISPLAY: `:${String(display).trim()}`, GDK_BACKEND: 'x11' }
  const folders = { XDG_DATA_HOME: profile, XDG_CACHE_HOME: profile, XDG_CONFIG_HOME: profile }
  const start = (url: string): ChildProcess =>
    spawn(executablePath, [`--features=${FEATURES}`, url], { env: { ...env, ...folders }, stdio: 'ignore' })
  return new WebKitGtkDriver(screen, start)
}

class WebKitGtkDriver implements Driver {
  readonly #screen: ChildProcess
  readonly #start: (url: string) => ChildProcess
  readonly #pages: WebKitGtkPage[] = []

  constructor(screen: ChildProcess, start: (url: string) => ChildProcess) {
    this.#screen = screen
    this.#start = start
  }

  async newPage(): Promise<DriverPage> {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const page = new WebKitGtkPage(this.#start, server)
    this.#pages.push(page)
    return page
  }

  async close(): Promise<void> {
    await Promise.all(this.#pages.map((page) => page.close()))
    await end(this.#screen)
  }
}

type Exchange = [request: IncomingMessage, response: ServerResponse]

class WebKitGtkPage implements DriverPage {
  readonly #start: (url: string) => ChildProcess
  readonly #server: Server
  #process: ChildProcess | undefined
  /** The page's next request. It brings what the last expression gave (nothing from a new document) and waits for the next one. */
  #asked: Promise<Exchange>

  constructor(start: (url: string) => ChildProcess, server: Server) {
    this.#start = start
    this.#server = server
    this.#asked = once(server, 'request') as Promise<Exchange>
  }

  async run(expression: string): Promise<string> {
    const [, response] = await this.#asked
    this.#asked = once(this.#server, 'request') as Promise<Exchange>
    response.setHeader('access-control-allow-origin', '*')
    response.end(expression)
    const [request] = await this.#asked
    return text(request)
  }

  async goto(url: string): Promise<void> {
    const steered = new URL(url)
    steered.searchParams.set('steered-by', `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`)
    if (this.#process === undefined) this.#process = this.#start(steered.href)
    else await this.run(`new Promise(() => location.assign(${JSON.stringify(steered.href)}))`)
    await this.#asked
  }

  async reload(): Promise<void> {
    await this.run('new Promise(() => location.reload())')
  }

  async close(): Promise<void> {
    if (this.#process !== undefined) await end(this.#process)
    this.#server.close()
    this.#server.closeAllConnections()
  }
}

function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve()
  return new Promise((resolve) => {
    child.once('exit', () => resolve())
    child.kill()
  })
}
