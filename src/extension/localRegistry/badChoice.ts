import { ChartroomError } from '../../core/index.ts'

/** The local registry cannot be started as a person wants it, where it might be otherwise. */
export class BadChoice extends ChartroomError {}
