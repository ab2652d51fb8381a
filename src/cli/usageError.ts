import type { Topic } from './verbs/verb.ts'

/** A command line that makes no sense. The sentence says why; the topic is the help to read, unless the advice knows better. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
  readonly topic: Topic
  readonly advice: string | undefined

  constructor(message: string, topic: Topic, advice?: string) {
    super(message)
    this.topic = topic
    this.advice = advice
  }
}
