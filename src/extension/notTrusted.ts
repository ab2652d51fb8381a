import { ChartroomError } from '../core/index.ts'

/** What a workspace that nobody trusts must not cause. */
export class NotTrusted extends ChartroomError {
  /** @param message a sentence that says what is not done */
  constructor(message: string) {
    super('refused', { message })
  }
}
