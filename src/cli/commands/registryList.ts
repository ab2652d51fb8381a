import type { Command } from '../args.ts'
import type { Context } from '../context.ts'
import {
  formatSize,
  listRegistry,
  printable,
  shortDigest,
  type InspectedOther,
  type ListedVersion,
} from '../../core/index.ts'
import { chartFields } from '../chartOutput.ts'
import { adviceFor } from '../failure.ts'
import { formatTable } from '../table.ts'

type List = Extract<Command, { verb: 'registry list' }>

export async function registryList({ place }: List, context: Context): Promise<number> {
  const { globals, pinned, print, options } = context
  const content = await listRegistry(context, place, { ...options, pinned })
  const rows: string[][] =
    content.kind === 'versions'
      ? [versionsHeader, ...content.versions.map(rowOf)]
      : [['REF'], ...content.names.map((name) => [name])]
  print.lines(
    ...formatTable(
      rows.map((row) => row.map(printable)),
      globals.columnWidth,
    ),
  )
  print.data(
    content.kind === 'versions'
      ? content.versions.map(fieldsOf)
      : content.names.map((reference) => ({ reference })),
  )
  if (content.kind === 'versions') {
    for (const version of content.versions) {
      if (version.kind === 'unreadable') print.warning(version.problem.message)
    }
  } else if (content.problem !== undefined) {
    const advice = adviceFor(content.problem, { verb: 'registry list' }) ?? ''
    print.warning(
      `${content.problem.message} What is listed is what is known without its list. ${advice}`.trimEnd(),
    )
  }
  return 0
}

const versionsHeader = ['REF', 'NAME', 'VERSION', 'APP VERSION', 'DIGEST', 'SIZE']

function rowOf(version: ListedVersion): string[] {
  const { reference } = version
  switch (version.kind) {
    case 'chart': {
      const { name, appVersion, digest, size } = version
      return [reference, name, version.version, appVersion ?? '', shortDigest(digest), formatSize(size)]
    }
    case 'other':
      return [
        reference,
        `<${kindWords[version.what]}>`,
        '',
        '',
        shortDigest(version.manifestDigest),
        formatSize(version.size),
      ]
    case 'unreadable':
      return [reference, `<${version.problem.kind.replaceAll('-', ' ')}>`, '', '', '', '']
  }
}

const kindWords: Readonly<Record<InspectedOther['what'], string>> = {
  image: 'container image',
  index: 'index of images',
  artifact: 'other artifact',
}

function fieldsOf(version: ListedVersion): Record<string, unknown> {
  switch (version.kind) {
    case 'chart':
      return { kind: 'chart', ...chartFields(version) }
    case 'other': {
      const { reference, what, mediaType, manifestDigest, size } = version
      return { kind: what, reference, mediaType, manifestDigest, size }
    }
    case 'unreadable': {
      const { reference, problem } = version
      return { reference, problem: { kind: problem.kind, message: problem.message } }
    }
  }
}
