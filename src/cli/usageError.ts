import type { Topic } from './verbs.ts'

/** A command line that makes no sense. The sentence says why; the topic is the help to read. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
  readonly topic: Topic

  constructor(message: string, topic: Topic) {
    super(message)
    this.topic = topic
  }
}
