import type { App } from '../../app.ts'
import { hostOf } from '../../hostOf.ts'
import { chartsMeant, isRow, referenceOf } from '../subject.ts'
import { askReference } from './askReference.ts'

/**
 * The references of the charts at registries that a command is about. Where it was called without one that names a registry, one is
 * asked for, and what is known or selected in the tree of registries stands in the box.
 *
 * @throws ChartroomError `cancelled`
 */
export async function remoteChartsFor(
  app: App,
  argument: unknown,
  selection: readonly unknown[],
  title: string,
): Promise<readonly string[]> {
  const meant = chartsMeant(argument, selection)
  const [only, ...others] = meant
  if (others.length > 0 || (isRow(argument) && only === undefined)) return meant
  // Of a row that names no registry only the person knows where it comes from.
  if (only !== undefined && hostOf(only) !== undefined) return meant
  const [selected] = app.registriesView.selection
  return [await askReference(title, only ?? referenceOf(selected))]
}
