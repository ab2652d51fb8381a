import { exitCodes } from '../core/index.ts'
import { globalFlags, groups, verbs, type Flag, type Group, type Topic, type Verb } from './verbs.ts'

/** The help text of a topic, without a line end at its end. */
export function helpText(topic: Topic): string {
  const verb = verbs.find(({ path }) => path === topic)
  if (verb !== undefined) return verbHelp(verb)
  return topic === 'chart' || topic === 'registry' ? groupHelp(topic) : mainHelp()
}

function mainHelp(): string {
  return sections([
    ['', ['Chartroom keeps Helm charts in the local chart cache and in OCI registries.']],
    ['Usage', ['chartroom GROUP COMMAND [flags]']],
    ...groupNames().map((group): Section => [`chartroom ${group}`, verbList(group)]),
    ['Flags of every command', flagList(globalFlags)],
    ['Exit codes', exitCodeList()],
    [
      'Examples',
      [
        'chartroom registry login -u myuser localhost:5000',
        'chartroom chart save mychart/ localhost:5000/myrepo/mychart:2.7.0',
        'chartroom chart push localhost:5000/myrepo/mychart:2.7.0',
        'chartroom chart list --output json',
      ],
    ],
    ['', ['More about a command: chartroom GROUP COMMAND --help']],
  ])
}

function groupHelp(group: Group): string {
  return sections([
    ['', [groups[group]]],
    ['Usage', [`chartroom ${group} COMMAND [flags]`]],
    ['Commands', verbList(group)],
    [
      'Examples',
      verbs.filter(({ path }) => groupOf(path) === group).flatMap(({ examples }) => examples.slice(0, 1)),
    ],
    ['', [`More about a command: chartroom ${group} COMMAND --help`]],
  ])
}

function verbHelp({ path, alias, operands, about, flags, global, examples }: Verb): string {
  const used = globalFlags.filter(({ name }) => global.includes(name))
  return sections([
    ['', about.split('\n')],
    ['Usage', [['chartroom', path, ...operands, '[flags]'].join(' ')]],
    ['Alias', alias === undefined ? [] : [`chartroom ${groupOf(path)} ${alias}`]],
    ['Flags', flagList([...flags, ...used])],
    ['Examples', examples],
  ])
}

type Section = readonly [title: string, lines: readonly string[]]

function sections(parts: readonly Section[]): string {
  return parts
    .filter(([, lines]) => lines.length > 0)
    .map(([title, lines]) =>
      title === '' ? lines.join('\n') : [`${title}:`, ...lines.map((line) => `  ${line}`)].join('\n'),
    )
    .join('\n\n')
}

function groupNames(): Group[] {
  return ['registry', 'chart']
}

function groupOf(path: string): string {
  return path.slice(0, path.indexOf(' '))
}

function verbList(group: Group): string[] {
  const members = verbs.filter(({ path }) => groupOf(path) === group)
  return aligned(
    members.map(({ path, operands, summary }) => [
      [path.slice(group.length + 1), ...operands].join(' '),
      summary,
    ]),
  )
}

function flagList(flags: readonly Flag[]): string[] {
  return aligned(
    flags.map(({ name, short, value, summary }) => [
      `${short === undefined ? '    ' : `-${short}, `}--${name}${value === undefined ? '' : ` ${value}`}`,
      summary,
    ]),
  )
}

/** One line a code, with the kinds of failure that share it. */
function exitCodeList(): string[] {
  const kinds = new Map<number, string[]>([
    [0, ['success']],
    [1, ['something unexpected']],
    [2, ['a command line that makes no sense']],
  ])
  for (const [kind, code] of Object.entries(exitCodes)) kinds.set(code, [...(kinds.get(code) ?? []), kind])
  return aligned(
    [...kinds].sort(([one], [other]) => one - other).map(([code, names]) => [String(code), names.join(', ')]),
  )
}

function aligned(pairs: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(...pairs.map(([term]) => term.length))
  return pairs.map(([term, text]) => `${term.padEnd(width)}  ${text}`)
}
