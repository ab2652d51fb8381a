import { kindOf, waitForSmallFiles } from '../core/index.ts'
import { outputOf, parseCommandLine, type Command } from './args.ts'
import type { ContextParts } from './localContext.ts'
import { Printer, type Streams } from './print.ts'
import { ProgressLine } from './progressLine.ts'

/** Does what a command asks for, and prints it; gives the exit code. */
export type Perform = (command: Command, parts: ContextParts) => Promise<number>

/** Runs the command line of this process to its end, and the process with it. */
export async function runCommandLine(argv: readonly string[], perform: Perform): Promise<void> {
  const stop = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    // Once, so that a second signal ends the process where it is.
    process.once(signal, () => {
      stop.abort()
    })
  }
  const progress = new ProgressLine(process.stderr.isTTY ? process.stderr : undefined)
  const streams: Streams = {
    out: writer(process.stdout, progress),
    err: writer(process.stderr, progress),
    isTerminal: process.stdout.isTTY,
  }
  const exitCode = await run(argv, perform, streams, { progress, signal: stop.signal })
  progress.clear()
  await Promise.all([flushed(process.stdout), flushed(process.stderr)])
  // A connection that is kept open must not keep the command running.
  process.exit(exitCode)
}

/** What a person who stops a command wants to know. */
const whatStays: Partial<Record<Command['verb'], string>> = {
  'chart save': 'Nothing was saved.',
  'chart push': 'The chart stays saved in the cache; it was not pushed.',
  'chart pull': 'The chart was not pulled.',
  'chart export': 'Nothing was exported.',
  'chart copy': 'Nothing was copied.',
  'registry login': 'No login was stored.',
  'registry delete': 'Nothing was deleted.',
}

/** Every error ends here. */
async function run(
  argv: readonly string[],
  perform: Perform,
  streams: Streams,
  parts: Pick<ContextParts, 'progress' | 'signal'>,
): Promise<number> {
  const output = outputOf(argv)
  // Few ask for it, and a list of charts is there sooner without.
  const toYaml = output === 'yaml' ? (await import('./toYaml.ts')).toYaml : undefined
  let print = new Printer(streams, { output, debug: false, toYaml })
  let verb: Command['verb'] = 'help'
  try {
    const { command, globals } = parseCommandLine(argv)
    verb = command.verb
    const debug = globals.debug || isDebuggedByHelm(process.env)
    print = new Printer(streams, { ...globals, debug, verb, toYaml })
    // A registry that waits for the disk answers nobody meanwhile.
    if (verb !== 'registry serve') waitForSmallFiles()
    return await perform(command, { ...parts, globals, print })
  } catch (error) {
    return kindOf(error) === 'cancelled' ? print.stopped(whatStays[verb]) : print.failure(error)
  }
}

/** Helm takes `--debug` for its own, and tells its plugins that it was given. */
function isDebuggedByHelm(env: NodeJS.ProcessEnv): boolean {
  return env['HELM_PLUGIN_DIR'] !== undefined && env['HELM_DEBUG'] === 'true'
}

function writer(stream: NodeJS.WriteStream, progress: ProgressLine): (text: string | Uint8Array) => void {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    // Nobody reads on, as in `chart list | head`. That is no failure, and what the command does goes on.
    if (error.code !== 'EPIPE' && error.code !== 'ERR_STREAM_DESTROYED') throw error
  })
  return (text) => {
    progress.clear()
    stream.write(text)
  }
}

async function flushed(stream: NodeJS.WriteStream): Promise<void> {
  await new Promise<void>((resolve) => {
    stream.write('', () => {
      resolve()
    })
  })
}
