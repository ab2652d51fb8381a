import type { Command } from '../args.ts'
import type { Context } from '../context.ts'
import { deleteFromRegistry, planDeletion, type PlannedDeletion } from '../../core/index.ts'
import { ask } from '../prompt.ts'
import { UsageError } from '../usageError.ts'

type Delete = Extract<Command, { verb: 'registry delete' }>

export async function deleteFrom({ reference, yes, tagOnly }: Delete, context: Context): Promise<number> {
  const { registries, print, options } = context
  if (!yes && !process.stdin.isTTY) throw unasked(reference)
  const plan = await planDeletion(registries, reference, options)
  if (!yes) await confirm(plan, tagOnly, context)
  const { digest, tags, repository } = await deleteFromRegistry(registries, plan, { ...options, tagOnly })
  print.lines(...(tags.length === 0 ? [digest] : tags).map((name) => `${name}: deleted from ${repository}`))
  print.data({ reference: plan.reference, manifestDigest: digest, tags, isComplete: plan.isComplete })
  return 0
}

/** @throws DOMException `AbortError` where the answer is not yes */
async function confirm(plan: PlannedDeletion, tagOnly: boolean, { print, options }: Context): Promise<void> {
  const [answer = ''] = await ask(
    [{ text: `${questionOf(plan, tagOnly)} [y/N] `, hidden: false }],
    process.stdin,
    print.prompt,
    options.signal,
  )
  if (!/^y(?:es)?$/i.test(answer.trim())) throw new DOMException('It was not wanted.', 'AbortError')
}

function questionOf({ reference, repository, tags, isComplete }: PlannedDeletion, tagOnly: boolean): string {
  const name = reference.slice(repository.length + 1)
  const question = `Delete ${name} from ${repository}?`
  if (tagOnly) return `${question} Its other tags stay.`
  const others = tags.filter((tag) => tag !== name)
  return [
    question,
    ...(others.length === 0 ? [] : [companions(others)]),
    ...(isComplete ? [] : ['It has too many tags to look at them all; others may go with it.']),
  ].join(' ')
}

function companions(tags: readonly string[]): string {
  if (tags.length === 1) return `The tag ${tags.join()} points to the same chart and goes with it.`
  const last = tags.at(-1) ?? ''
  return `The tags ${tags.slice(0, -1).join(', ')} and ${last} point to the same chart and go with it.`
}

function unasked(reference: string): UsageError {
  return new UsageError(
    `${reference} is not deleted unasked, and nobody can be asked, because standard input is not a terminal; use --yes.`,
    'registry delete',
    `Run: chartroom registry delete ${reference} --yes`,
  )
}
