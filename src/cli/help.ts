import type { exitCodes, ErrorKind } from '../core/index.ts'
import { globalFlags, type Flag } from './flags.ts'
import { groupOf, groups, type Group, type Topic, type Verb } from './verbs/verb.ts'
import { verbs } from './verbs/verbs.ts'

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
    ['chartroom', verbList()],
    ['Flags of every command', flagList(globalFlags.filter(isForAll))],
    ['Flags of some commands (COMMAND --help shows those it uses)', flagList(globalFlags.filter(isForSome))],
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
      verbs.filter((verb) => groupOf(verb) === group).flatMap(({ examples }) => examples.slice(0, 1)),
    ],
    ['', [`More about a command: chartroom ${group} COMMAND --help`]],
  ])
}

function verbHelp({ path, alias, operands, about, flags, global, examples }: Verb): string {
  const used = globalFlags.filter(({ name }) => global.includes(name))
  return sections([
    ['', about.split('\n')],
    ['Usage', [['chartroom', path, ...operands, '[flags]'].join(' ')]],
    ['Alias', alias === undefined ? [] : [`chartroom ${groupOf({ path })} ${alias}`]],
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

/** The verbs of a group; without one, those that have none. */
function verbList(group?: Group): string[] {
  const members = verbs.filter((verb) =>
    group === undefined ? !verb.path.includes(' ') : groupOf(verb) === group,
  )
  return aligned(
    members.map(({ path, operands, summary }) => [[path.split(' ').at(-1), ...operands].join(' '), summary]),
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

function isForAll({ name }: Flag): boolean {
  return name === 'version' || verbs.every(({ global }) => global.includes(name))
}

function isForSome(flag: Flag): boolean {
  return !isForAll(flag)
}

/** One line a code, in the order of the numbers. */
function exitCodeList(): string[] {
  return aligned(Object.entries(meanings))
}

/** What every exit code means; those of the core's errors are all here, or this does not compile. */
const meanings: Readonly<Record<0 | 1 | 2 | (typeof exitCodes)[ErrorKind], string>> = {
  0: 'success',
  1: 'something unexpected; of chart diff: the charts differ',
  2: 'the command line makes no sense',
  3: 'login needed or refused',
  4: 'not found',
  5: 'not supported there',
  6: 'too many requests',
  7: 'not reachable, or no answer',
  8: 'no secure connection, or a proxy refused',
  9: 'damaged or too large',
  10: 'not a chart, or not a safe one',
  11: 'cache or disk in use, not writable, damaged or full',
  12: 'the server asked for something unsafe',
  13: 'not a valid reference',
  14: 'something else is there already',
  130: 'stopped',
}

function aligned(pairs: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(...pairs.map(([term]) => term.length))
  return pairs.map(([term, text]) => `${term.padEnd(width)}  ${text}`)
}
