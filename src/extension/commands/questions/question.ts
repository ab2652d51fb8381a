import {
  QuickInputButtons,
  window,
  type InputBox,
  type QuickInput,
  type QuickPick,
  type QuickPickItem,
} from 'vscode'
import { dismissed } from './dismissed.ts'

/** A person wants to see the step before again. */
export const back = Symbol('back')

/** Which step of how many. */
export interface Step {
  readonly step: number
  readonly totalSteps: number
}

/** One question of several: takes the answers so far and gives them with its own. */
export type Question<Answers> = (answers: Answers, step: Step) => Promise<Answers | typeof back>

/**
 * Asks one question after the other; Back leads to the one before, with the answer that it had.
 *
 * @param questionsFor every question that has to be asked after these answers, the ones answered already included
 * @throws ChartroomError `cancelled` where a question is closed
 */
export async function askInSteps<Answers>(
  first: Answers,
  questionsFor: (answers: Answers) => readonly Question<Answers>[],
): Promise<Answers> {
  let answers = first
  for (let position = 0; ;) {
    const questions = questionsFor(answers)
    const question = questions[position]
    if (question === undefined) return answers
    const answered = await question(answers, { step: position + 1, totalSteps: questions.length })
    if (answered === back) {
      position = Math.max(0, position - 1)
    } else {
      answers = answered
      position += 1
    }
  }
}

/** A choice, with what it stands for. */
export interface Choice<Value> extends QuickPickItem {
  readonly value: Value
}

interface Asked extends Step {
  readonly title: string
}

/** Lets a person choose one of a few. */
export async function askChoice<Value>(
  { title, step, totalSteps }: Asked,
  placeholder: string,
  choices: readonly Choice<Value>[],
  before: (value: Value) => boolean,
): Promise<Value | typeof back> {
  const pick = window.createQuickPick<Choice<Value>>()
  pick.title = title
  pick.step = step
  pick.totalSteps = totalSteps
  pick.placeholder = placeholder
  pick.items = choices
  pick.activeItems = choices.filter(({ value }) => before(value)).slice(0, 1)
  if (step > 1) pick.buttons = [QuickInputButtons.Back]
  return await choiceOf(pick)
}

/** What a person chooses in a list, or that its Back button was pressed. The list is shown, and gone after that. */
export async function choiceOf<Value>(pick: QuickPick<Choice<Value>>): Promise<Value | typeof back> {
  return await answerOf<Value | typeof back>(pick, (resolve) => {
    pick.onDidTriggerButton(() => {
      resolve(back)
    })
    pick.onDidAccept(() => {
      const [chosen] = pick.activeItems
      if (chosen !== undefined) resolve(chosen.value)
    })
  })
}

interface TextQuestion extends Asked {
  readonly prompt: string
  readonly value: string
  readonly password?: boolean
  /** What is wrong with a text, said as it is typed; it is not taken then. */
  readonly check: (text: string) => Promise<string | undefined>
}

/** Lets a person write a text. */
export async function askText({
  title,
  step,
  totalSteps,
  prompt,
  value,
  password = false,
  check,
}: TextQuestion): Promise<string | typeof back> {
  const box = stepBox({ title, step, totalSteps })
  box.prompt = prompt
  box.value = value
  box.password = password
  return await answerOf<string | typeof back>(box, (resolve, reject) => {
    box.onDidTriggerButton(() => {
      resolve(back)
    })
    box.onDidChangeValue(() => {
      judge(box, check).catch(reject)
    })
    box.onDidAccept(() => {
      judge(box, check).then((text) => {
        if (text !== undefined) resolve(text)
      }, reject)
    })
    if (value !== '') judge(box, check).catch(reject)
  })
}

/** A box to write in; from the second step on it has a Back button. */
export function stepBox({ title, step, totalSteps }: Asked): InputBox {
  const box = window.createInputBox()
  box.title = title
  box.step = step
  box.totalSteps = totalSteps
  if (step > 1) box.buttons = [QuickInputButtons.Back]
  return box
}

/** Shows a question until it is answered or closed. Losing the focus does not close it: answers are fetched from elsewhere. */
export async function answerOf<Answer>(
  input: QuickInput,
  listen: (resolve: (answer: Answer) => void, reject: (error: unknown) => void) => void,
): Promise<Answer> {
  input.ignoreFocusOut = true
  try {
    return await new Promise<Answer>((resolve, reject) => {
      listen(resolve, reject)
      input.onDidHide(() => {
        reject(dismissed())
      })
      input.show()
    })
  } finally {
    input.dispose()
  }
}

/** @returns the text where nothing is wrong with it and it still stands there */
async function judge(
  box: InputBox,
  check: (text: string) => Promise<string | undefined>,
): Promise<string | undefined> {
  const text = box.value
  const problem = await check(text)
  if (box.value !== text) return undefined
  box.validationMessage = problem
  return problem === undefined ? text : undefined
}
