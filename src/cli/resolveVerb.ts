import { nearest } from './nearest.ts'
import { UsageError } from './usageError.ts'
import { groupOf, groups, type Group, type Topic, type Verb } from './verbs/verb.ts'
import { verbs } from './verbs/verbs.ts'

/** What the words of a command line ask for. */
export interface Resolved {
  readonly topic: Topic
  /** What to do; nothing means help about the topic. */
  readonly verb?: Verb
  /** The words behind the verb. */
  readonly operands: readonly string[]
}

/**
 * Finds the verb that the words of a command line begin with, by its name or its alias.
 * @param help whether help is asked for, so that nothing is to be done
 * @throws UsageError with the command that may have been meant
 */
export function resolveVerb(words: readonly string[], help: boolean): Resolved {
  if (words[0] === 'help') return resolveVerb(words.slice(1), true)
  const [first, second, ...operands] = words
  if (first === undefined || first === 'version') return { topic: '', operands: [] }
  const alone = verbs.find(({ path }) => path === first)
  if (alone !== undefined) {
    const rest = words.slice(1)
    return { topic: alone.path, operands: rest, ...(help ? {} : { verb: alone }) }
  }
  if (!isGroup(first)) throw unknownCommand([first], '')
  if (second === undefined) return { topic: first, operands: [] }
  if (second === 'help') return resolveVerb([first, ...operands], true)
  const verb = verbs.find((candidate) => namesOf(candidate).includes(second) && groupOf(candidate) === first)
  if (verb === undefined) throw unknownCommand([first, second], first)
  return { topic: verb.path, operands, ...(help ? {} : { verb }) }
}

/** What a verb is called in its group: its name and its alias. */
function namesOf({ path, alias }: Verb): string[] {
  return [path.slice(path.indexOf(' ') + 1), ...(alias === undefined ? [] : [alias])]
}

function unknownCommand(words: readonly string[], group: '' | Group): UsageError {
  const message = `"${['chartroom', ...words].join(' ')}" is not a command.`
  const meant = commandMeant(words.at(-1) ?? '', group)
  return new UsageError(
    message,
    group,
    meant === undefined ? undefined : `Did you mean "chartroom ${meant}"?`,
  )
}

/** The command that a word may stand for: one of the group, else any, because the group is easily left out. */
function commandMeant(word: string, group: '' | Group): string | undefined {
  const inGroup = verbs.filter((verb) => groupOf(verb) === group)
  const name = nearest(word, inGroup.flatMap(namesOf))
  if (name !== undefined) return `${group} ${name}`
  const tops = [...Object.keys(groups), 'help', 'version']
  const other = nearest(word, [...(group === '' ? tops : []), ...verbs.flatMap(namesOf)])
  return verbs.find((verb) => other !== undefined && namesOf(verb).includes(other))?.path ?? other
}

function isGroup(word: string): word is Group {
  return Object.hasOwn(groups, word)
}
