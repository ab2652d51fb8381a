import { l10n, window } from 'vscode'
import { judgePull } from './destinations.ts'
import { dismissed } from './dismissed.ts'
import { wordsOf } from './flawWords.ts'

/**
 * Asks for a reference that names a registry, with what is wrong with it as it is typed.
 * @param value what stands in the box at first
 * @throws ChartroomError `cancelled`
 */
export async function askReference(title: string, value = ''): Promise<string> {
  const answer = await window.showInputBox({
    title,
    value,
    prompt: l10n.t('The reference of the chart'),
    placeHolder: 'localhost:5000/myrepo/mychart:1.0.0',
    ignoreFocusOut: true,
    validateInput: (text) => {
      if (text.trim() === '') return undefined
      const judged = judgePull(text)
      if ('reference' in judged) return undefined
      const { problem, advice = '' } = wordsOf(judged)
      return `${problem} ${advice}`.trim()
    },
  })
  if (answer === undefined || answer.trim() === '') throw dismissed()
  return answer.trim()
}
