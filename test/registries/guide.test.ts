import { createHash } from 'node:crypto'
import { cp, readFile, rename } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { person, type Person } from '../support/commandLine.ts'
import { startDockerRegistry } from '../support/dockerRegistry.ts'
import { fixture } from '../support/fixtures.ts'
import { filesUnder } from '../support/tree.ts'
import { planted } from '../support/planted/secrets.ts'

/** What Helm 3.2.4 said to every command of its registries guide, in the guide's order. */
interface Transcript {
  readonly steps: readonly Step[]
}

interface Step {
  readonly args: readonly string[]
  readonly tty?: boolean
  readonly output?: string
  readonly stdout?: string
  readonly filesUnderHome?: readonly string[]
}

interface Said {
  readonly command: string
  readonly text: string
}

const htpasswd = { user: 'myuser', password: planted.password }
const reference = 'localhost:5000/myrepo/mychart:2.7.0'
const transcript = JSON.parse(
  await readFile(fixture('transcripts', 'guide-3.2.4.json'), 'utf8'),
) as Transcript

/** Plays the guide from its first command to its last, as a person with an empty home. */
class Play {
  readonly someone: Person
  readonly said: Said[] = []
  readonly warnings: string[] = []
  refusal: { readonly stdout: string; readonly stderr: string; readonly exit: number } | undefined
  readonly #open: string
  readonly #closed: string
  readonly #wantsLogin: boolean

  constructor(someone: Person, { open, closed }: { readonly open: string; readonly closed: string }) {
    this.someone = someone
    this.#open = open
    this.#closed = closed
    this.#wantsLogin = open === closed
  }

  async run(): Promise<void> {
    await cp(fixture('charts', 'guide-mychart'), join(this.someone.work, 'mychart'), { recursive: true })
    for (const step of transcript.steps) await this.#step(step)
  }

  async #step(step: Step): Promise<void> {
    const args = step.args.map((arg) => this.#here(arg))
    if (step.args[1] === 'save' && this.#wantsLogin) await this.#logIn()
    // The guide exports into the directory that holds the chart it saved, and Helm writes over it. Chartroom never
    // writes over files unasked, so the chart steps aside after the refusal.
    if (step.args[1] === 'export') {
      this.refusal = await this.someone.chartroom(args)
      await rename(join(this.someone.work, 'mychart'), join(this.someone.work, 'source'))
    }
    const text = step.tty === true ? await this.#onTerminal(args) : await this.#printed(args)
    this.said.push({ command: step.args.join(' '), text: comparable(this.#there(text)) })
  }

  async #onTerminal(args: readonly string[]): Promise<string> {
    const replies = [{ after: 'Password: ', type: `${htpasswd.password}\n` }]
    const { output } = await this.someone.chartroomOnTerminal(args, replies)
    // Where nothing but a file can keep the login, one line says so; on a terminal it stands among the others.
    const lines = output.split('\n')
    this.warnings.push(...lines.filter((line) => line.startsWith('WARNING: ')))
    return lines.filter((line) => !line.startsWith('WARNING: ')).join('\n')
  }

  async #printed(args: readonly string[]): Promise<string> {
    const { stdout, stderr, exit } = await this.someone.chartroom(args)
    return exit === 0 && stderr === '' ? stdout : `exit ${exit}\n${stdout}${stderr}`
  }

  async #logIn(): Promise<void> {
    const login = ['registry', 'login', '-u', htpasswd.user, '--password-stdin', this.#closed]
    const { exit } = await this.someone.chartroom(login, { input: `${htpasswd.password}\n` })
    expect(exit).toBe(0)
  }

  #here(text: string): string {
    return text.replace('localhost:5000', this.#open).replace('localhost:5001', this.#closed)
  }

  #there(text: string): string {
    return text.replaceAll(this.#open, 'localhost:5000').replaceAll(this.#closed, 'localhost:5001')
  }
}

describe.each(['that lets everybody in', 'that wants a login'])(
  'the guide, against a registry %s',
  (kind) => {
    let play: Play

    beforeAll(async () => {
      const closed = await startDockerRegistry({ htpasswd })
      const open = kind === 'that wants a login' ? closed : await startDockerRegistry()
      play = new Play(await person(), { open: open.host, closed: closed.host })
      await play.run()
    })

    it('is answered as Helm 3.2.4 answers it, command for command', () => {
      const sameRegistry = (text: string): string =>
        kind === 'that wants a login' ? text.replaceAll('localhost:5001', 'localhost:5000') : text
      const expected = transcript.steps.map((step) => ({
        command: step.args.join(' '),
        text: comparable(sameRegistry(withoutLog(step.output ?? step.stdout ?? ''))),
      }))

      expect(play.said).toEqual(expected)
    })

    it('is answered otherwise in one place: export does not write over files unasked', () => {
      expect(play.refusal).toEqual({
        stdout: '',
        stderr:
          'The folder mychart exists and is not empty.\nChoose another place with -d DIR, or replace the folder with --force.\n',
        exit: 14,
      })
    })

    it('warns in one line at each login that it is kept in a plain file', () => {
      expect(play.warnings).toHaveLength(2)
      for (const warning of play.warnings) expect(warning).toContain(join('registry', 'config.json'))
    })

    it("leaves the guide's cache, file for file", async () => {
      const { layer, manifest } = await blobsOf(play.someone)
      const step = transcript.steps.find(({ filesUnderHome }) => filesUnderHome !== undefined)
      const recorded = (step?.filesUnderHome ?? []).filter((path) => !path.includes('sha256'))
      const blobs = [configDigest, layer.digest, manifest.digest].map(
        (digest) => `.cache/helm/registry/cache/blobs/sha256/${digest}`,
      )

      expect(await filesOfHelm(play.someone)).toEqual([...blobs, ...recorded].sort())
      expect(step?.filesUnderHome).toHaveLength(blobs.length + recorded.length)
    })

    it('leaves the bytes that Helm writes for the same chart: config, manifest and index', async () => {
      const { layer, manifest } = await blobsOf(play.someone)
      const recorded = JSON.parse(
        await readFile(fixture('expected', 'guide-mychart.json'), 'utf8'),
      ) as Expected
      const { config, manifest: recordedManifest } = recorded['3.6.3']

      expect(await readBlob(play.someone, configDigest)).toBe(config.json)
      expect(manifest.text).toBe(
        recordedManifest.replace('$LAYER_DIGEST', layer.digest).replace('$LAYER_SIZE', `${layer.size}`),
      )
      const registryHost = /localhost:\d+/.exec(await indexOf(play.someone))?.[0] ?? ''
      expect(await indexOf(play.someone)).toBe(
        (await recordedIndex())
          .replace(
            /sha256:[a-f0-9]{64}","size":\d+/,
            `sha256:${manifest.digest}","size":${manifest.text.length}`,
          )
          .replace('localhost:5000', registryHost),
      )
    })
  },
)

interface Expected {
  readonly '3.6.3': { readonly config: { readonly json: string }; readonly manifest: string }
}

/** Of the guide's own config blob. */
const configDigest = '8ec7c0f2f6860037c19b54c3cfbab48d9b4b21b485a93d87b64690fdb68c2111'

/** Digests, sizes and ages differ from run to run, and with them the width of columns. */
function comparable(text: string): string {
  return text
    .replace(/\b[a-f0-9]{64}\b/g, 'DIGEST')
    .replace(/\d+ B\b/g, 'SIZE')
    .split('\n')
    .map((line) => line.split('\t').map(comparableCell).join('\t'))
    .join('\n')
}

function comparableCell(cell: string, column: number, row: readonly string[]): string {
  if (row.length === 1) return cell
  const text = cell.trimEnd()
  if (column === 3) return text.replace(/^[a-f0-9]{7}$/, 'DIGEST')
  return column === 5 ? text.replace(/^(?:Less than a second|1 second|\d+ seconds)$/, 'AGE') : text
}

/** Helm's log line about the first try with HTTPS, which Chartroom makes without a word. */
function withoutLog(output: string): string {
  return output.replaceAll('\r\n', '\n').replace(/\u001b\[36mINFO.*\n/, '')
}

async function filesOfHelm({ home }: Person): Promise<string[]> {
  const files = await filesUnder(join(home, '.cache'))
  return files.map((path) => relative(home, path)).filter((path) => !path.includes('.chartroom'))
}

interface Blobs {
  readonly layer: { readonly digest: string; readonly size: number }
  readonly manifest: { readonly digest: string; readonly text: string }
}

async function blobsOf(someone: Person): Promise<Blobs> {
  const { manifests } = JSON.parse(await indexOf(someone)) as { manifests: { digest: string }[] }
  const digest = hex(manifests[0]?.digest)
  const text = await readBlob(someone, digest)
  const { layers } = JSON.parse(text) as { layers: { digest: string; size: number }[] }
  return { layer: { digest: hex(layers[0]?.digest), size: layers[0]?.size ?? 0 }, manifest: { digest, text } }
}

/** Reads a blob, which has to be what its name says. */
async function readBlob({ cacheHome }: Person, digest: string): Promise<string> {
  const bytes = await readFile(join(cacheHome, 'registry', 'cache', 'blobs', 'sha256', digest))
  expect(createHash('sha256').update(bytes).digest('hex')).toBe(digest)
  return bytes.toString()
}

async function indexOf({ cacheHome }: Person): Promise<string> {
  return await readFile(join(cacheHome, 'registry', 'cache', 'index.json'), 'utf8')
}

/** The index that Helm wrote, cut down to the entry of the guide's chart. */
async function recordedIndex(): Promise<string> {
  const path = fixture('cache', 'helm-3.2.4', 'base', 'registry', 'cache', 'index.json')
  const text = await readFile(path, 'utf8')
  const entry = /\{"mediaType"[^{}]*\{[^{}]*\}\}/g
  const own = text.match(entry)?.find((candidate) => candidate.includes(`"${reference}"`)) ?? ''
  return text.replace(/\[.*\]/, `[${own}]`)
}

function hex(digest = ''): string {
  return digest.replace('sha256:', '')
}
