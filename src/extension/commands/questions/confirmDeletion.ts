import { l10n } from 'vscode'
import { shortDigest, type PlannedDeletion } from '../../../core/index.ts'
import { countText } from '../../counts.ts'
import { listText } from '../../listText.ts'
import { confirm } from './confirm.ts'

/**
 * Asks before something is deleted from a registry, with every tag that goes along.
 * @returns whether only the tag is to go
 * @throws ChartroomError `cancelled`
 */
export async function confirmDeletion({
  reference,
  repository,
  digest,
  tags,
  isComplete,
}: PlannedDeletion): Promise<boolean> {
  const name = reference.slice(repository.length + 1)
  const others = tags.filter((tag) => tag !== name)
  const isTag = name !== digest
  const question = l10n.t('Delete {0} from {1}?', isTag ? name : shortDigest(digest), repository)
  const sentences = [
    ...companions(others),
    ...(isComplete ? [] : [l10n.t('There are too many tags to look at them all; others may go with it.')]),
    l10n.t('This cannot be undone. The cache stays as it is.'),
  ]
  const all = others.length === 0 ? l10n.t('Delete') : l10n.t('Delete {0} Tags', countText(tags.length))
  const only = l10n.t('Delete Only {0}', name)
  const answers = isTag && (others.length > 0 || !isComplete) ? [all, only] : [all]
  return (await confirm({ question, detail: sentences.join(' '), answers })) === only
}

function companions(tags: readonly string[]): string[] {
  if (tags.length === 0) return []
  return tags.length === 1
    ? [l10n.t('The tag {0} points to the same chart and goes with it.', tags.join())]
    : [l10n.t('The tags {0} point to the same chart and go with it.', listText(tags))]
}
