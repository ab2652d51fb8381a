import { window } from 'vscode'
import { plainText } from '../../plainText.ts'
import { dismissed } from './dismissed.ts'

/** A question that the editor puts in front of everything else. */
export interface Confirmation {
  readonly question: string
  readonly detail: string
  /** What can be answered besides Cancel; the first is what was asked for. */
  readonly answers: readonly string[]
}

/**
 * Asks before something is done that cannot be undone.
 * @throws ChartroomError `cancelled` where it is not wanted
 */
export async function confirm({ question, detail, answers }: Confirmation): Promise<string> {
  const answer = await window.showWarningMessage(plainText(question), { modal: true, detail }, ...answers)
  if (answer === undefined) throw dismissed()
  return answer
}
