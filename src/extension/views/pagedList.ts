/** A list that a registry gives page by page. A page that fails or is aborted is the next one still. */
export interface PageSource {
  readonly hasMore: boolean
  read(options: { readonly signal: AbortSignal }): Promise<readonly string[]>
}

/**
 * - `unasked`: nothing is known, and nothing is under way
 * - `loading`: the first page, or one page more, is under way
 * - `partial`: there is more
 * - `complete`: there is no more
 * - `failed`: what was asked for last did not come
 */
export type ListState = 'unasked' | 'loading' | 'partial' | 'complete' | 'failed'

/** What `proceed` has to do: nothing, read one page more, or read anew as much as there was. */
type Due = 'nothing' | 'page' | 'everything'

interface Run {
  readonly controller: AbortController
  /** The state to fall back to. */
  readonly before: ListState
}

/**
 * A list of a registry as far as it was asked for. It says what is due and does it when it is told to proceed; it can be
 * stopped at any moment, and then the same is due again. While it is read anew, what was there stays.
 */
export class PagedList {
  readonly #open: () => PageSource
  #source: PageSource | undefined
  #names: readonly string[] = []
  #state: ListState = 'unasked'
  #error: unknown
  #due: Due = 'everything'
  #failedAt: Due = 'nothing'
  #run: Run | undefined
  #running: Promise<boolean> = Promise.resolve(true)

  constructor(open: () => PageSource) {
    this.#open = open
  }

  get state(): ListState {
    return this.#state
  }

  /** Why it failed. */
  get error(): unknown {
    return this.#error
  }

  /** In the registry's order, each once; the same array for as long as nothing else was read. */
  get names(): readonly string[] {
    return this.#names
  }

  /** Whether `proceed` has something to do, or is at it. */
  get isDue(): boolean {
    return this.#due !== 'nothing'
  }

  get isLoading(): boolean {
    return this.#run !== undefined
  }

  /** Makes a page more due, unless there is none. */
  wantMore(): void {
    if (this.#state === 'partial' && this.#due === 'nothing') this.#due = 'page'
  }

  /** Makes what failed due again. */
  wantAgain(): void {
    if (this.#state === 'failed') this.#due = this.#failedAt
  }

  /** Makes the whole list due, as far as it was read; where nothing is known, it is as if it had never been asked for. */
  expire(): void {
    this.stop()
    this.#due = 'everything'
    if (this.#names.length > 0) return
    this.#state = 'unasked'
    this.#error = undefined
  }

  /**
   * Does what is due. Never rejects: `state` tells how it went.
   * @returns whether it came to an end; `false` where it was stopped
   */
  async proceed(): Promise<boolean> {
    if (this.#run === undefined && this.#due !== 'nothing') {
      const run = { controller: new AbortController(), before: this.#state }
      this.#run = run
      if (this.#due === 'page' || this.#names.length === 0) this.#state = 'loading'
      this.#running = this.#read(run)
    }
    return await this.#running
  }

  /** Ends the request that is under way. */
  stop(): void {
    const run = this.#run
    if (run === undefined) return
    this.#run = undefined
    this.#state = run.before
    run.controller.abort()
  }

  async #read(run: Run): Promise<boolean> {
    const isAnew = this.#due === 'everything'
    const names = new Set(isAnew ? [] : this.#names)
    try {
      // A name that no reference can have fails here.
      const source = isAnew || this.#source === undefined ? this.#open() : this.#source
      do {
        const page = await source.read({ signal: run.controller.signal })
        // Somebody stopped it: whatever came is nobody's any more.
        if (this.#run !== run) return false
        for (const name of page) names.add(name)
      } while (isAnew && source.hasMore && names.size < this.#names.length)
      this.#source = source
      this.#names = [...names]
      this.#error = undefined
      this.#state = source.hasMore ? 'partial' : 'complete'
    } catch (error) {
      if (this.#run !== run) return false
      if (isAnew) this.#names = []
      this.#failedAt = this.#due
      this.#error = error
      this.#state = 'failed'
    }
    this.#run = undefined
    this.#due = 'nothing'
    return true
  }
}
