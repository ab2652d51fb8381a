import type { ChartPart, Command } from '../args.ts'
import type { Context } from '../context.ts'
import {
  formatSize,
  listReferrers,
  printable,
  shortDigest,
  showChart,
  showManifest,
  showValues,
  type Attachment,
  type OpenedChart,
} from '../../core/index.ts'
import { formatTable } from '../table.ts'

type Show = Extract<Command, { verb: 'chart show' }>

export async function show({ part, reference }: Show, context: Context): Promise<number> {
  const { print, globals } = context
  const look = new Look(reference, context)
  const shown = part === 'all' ? whole : parts[part]
  if (globals.output === 'table') print.content(await shown.content(look))
  else print.data(await shown.data(look))
  return 0
}

/** One chart, read no more than is asked for. */
class Look {
  readonly #reference: string
  readonly #context: Context
  #opened: Promise<OpenedChart> | undefined

  constructor(reference: string, context: Context) {
    this.#reference = reference
    this.#context = context
  }

  get columnWidth(): number {
    return this.#context.globals.columnWidth
  }

  async opened(): Promise<OpenedChart> {
    this.#opened ??= showChart(this.#context, this.#reference, this.#options)
    return await this.#opened
  }

  async file(path: string): Promise<Buffer> {
    return await (await this.opened()).read(path, this.#options)
  }

  async values(): Promise<unknown> {
    return await showValues(await this.opened(), this.#options)
  }

  async manifest(): Promise<Buffer> {
    return (await showManifest(this.#context, this.#reference, this.#options)).bytes
  }

  async attachments(): Promise<Attachment[]> {
    return await listReferrers(this.#context.registries, this.#reference, this.#context.options)
  }

  get #options(): Parameters<typeof showChart>[2] {
    const { globals, options } = this.#context
    return { ...options, limits: globals.limits }
  }
}

/** A part of a chart as people read it, and as programs do. */
interface Shown {
  readonly content: (look: Look) => Promise<Buffer>
  readonly data: (look: Look) => Promise<unknown>
}

const parts: Readonly<Record<Exclude<ChartPart, 'all'>, Shown>> = {
  metadata: {
    content: async (look) => await look.file('Chart.yaml'),
    data: async (look) => (await look.opened()).metadata,
  },
  values: {
    content: async (look) => await look.file('values.yaml'),
    data: async (look) => await look.values(),
  },
  readme: {
    content: async (look) => await look.file(readmeOf(await look.opened()) ?? 'README.md'),
    data: async (look) => {
      const path = readmeOf(await look.opened()) ?? 'README.md'
      return { path, content: (await look.file(path)).toString() }
    },
  },
  files: {
    content: async (look) => {
      const { files } = await look.opened()
      const rows = files.map(({ path, size }) => [path, String(size)])
      return table([['PATH', 'SIZE'], ...rows], look)
    },
    data: async (look) => (await look.opened()).files,
  },
  manifest: {
    content: async (look) => await look.manifest(),
    data: async (look) => JSON.parse((await look.manifest()).toString()) as unknown,
  },
  referrers: {
    content: async (look) => {
      const rows = (await look.attachments()).map(({ what, artifactType, digest, size }) =>
        [what, artifactType, shortDigest(digest), formatSize(size)].map(printable),
      )
      return table([['KIND', 'TYPE', 'DIGEST', 'SIZE'], ...rows], look)
    },
    data: async (look) => await look.attachments(),
  },
}

function table(rows: readonly (readonly string[])[], { columnWidth }: Look): Buffer {
  return Buffer.from(`${formatTable(rows, columnWidth).join('\n')}\n`)
}

/** What there is of metadata, values and readme, with the line of YAML between them; all that there is, for programs. */
const whole: Shown = {
  content: async (look) => {
    const files = (await look.opened()).files.map(({ path }) => path)
    const readme = readmeOf(await look.opened())
    const shown = ['Chart.yaml', 'values.yaml', ...(readme === undefined ? [] : [readme])]
    const contents: Buffer[] = []
    for (const path of shown.filter((name) => files.includes(name))) {
      if (contents.length > 0) contents.push(Buffer.from('---\n'))
      contents.push(ended(await look.file(path)))
    }
    return Buffer.concat(contents)
  },
  data: async (look) => {
    const { files, metadata } = await look.opened()
    const hasValues = files.some(({ path }) => path === 'values.yaml')
    const hasReadme = readmeOf(await look.opened()) !== undefined
    return {
      metadata,
      ...(hasValues ? { values: await look.values() } : {}),
      ...(hasReadme ? { readme: await parts.readme.data(look) } : {}),
      files,
      manifest: await parts.manifest.data(look),
    }
  },
}

/** @see Helm 3.6.3 pkg/action/show.go for the names */
function readmeOf({ files }: OpenedChart): string | undefined {
  return files.find(({ path }) => /^readme(?:\.md|\.txt)?$/i.test(path))?.path
}

function ended(content: Buffer): Buffer {
  return content.length === 0 || content.at(-1) === 10 ? content : Buffer.concat([content, Buffer.from('\n')])
}
