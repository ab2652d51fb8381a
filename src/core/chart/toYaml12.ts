import { YAMLException } from 'js-yaml'

/**
 * Writes a document in such a way that js-yaml, which reads YAML 1.2, reads of it what libyaml, the parser of Helm 3, does:
 *
 * - What continues a quoted text or a bracket on further lines stands deeper than the key it belongs to. libyaml does not look
 *   at the indentation there, and many values.yaml have their closing bracket right under the key.
 * - Tabs between values are spaces; js-yaml takes none before and in brackets.
 * - An alias that is a key has a space before its colon.
 * - A comment right behind a quote or a bracket has a space before it.
 * - In brackets, a lone dash and a text that ends with a colon are in quotes; libyaml takes both for text.
 *
 * @returns the same text where there is nothing to rewrite, or where it would grow without end
 * @throws YAMLException where a tab stands in a place that libyaml wants spaces in
 */
export function toYaml12(text: string): string {
  const edits = new Walk(text).edits()
  const added = edits.reduce((sum, { insert }) => sum + insert.length, 0)
  if (added > maxAdded) return text
  let result = ''
  let done = 0
  for (const { at, drop, insert } of edits) {
    result += text.slice(done, at) + insert
    done = at + drop
  }
  return result + text.slice(done)
}

/** Whether js-yaml might read a document without complaint, and yet otherwise than libyaml. */
export function isAmbiguous(text: string): boolean {
  return ambiguous.test(text)
}

/** A tab where a value may begin, and in brackets an entry that ends with a colon or is a dash. */
const ambiguous = /(?:^|[-?:]) *\t|:[[{]|:\s*[,\]}]|[[{,:]\s*-[,\]}]/m

/** Bytes; honest files need a few. */
const maxAdded = 1024 * 1024

interface Edit {
  readonly at: number
  /** How many characters go. */
  readonly drop: number
  readonly insert: string
}

/** Walks through a document of YAML, only to know what is inside quotes and brackets and where a value may begin. */
class Walk {
  readonly #text: string
  readonly #edits: Edit[] = []
  /** Columns of the keys and dashes that are open, the innermost last. */
  readonly #open: number[] = []
  #at = 0
  #lineStart = 0

  constructor(text: string) {
    this.#text = text
  }

  edits(): readonly Edit[] {
    while (this.#at < this.#text.length) {
      this.#skipIndentation()
      if (!this.#isAtEnd()) {
        while ((this.#open.at(-1) ?? -1) >= this.#column) this.#open.pop()
        this.#readEntry()
      }
      this.#nextLine()
    }
    return this.#edits
  }

  get #column(): number {
    return this.#at - this.#lineStart
  }

  get #parent(): number {
    return this.#open.at(-1) ?? -1
  }

  /** Reads a line of the block style from its first character on, and all further ones that belong to its last value. */
  #readEntry(): void {
    while (!this.#isAtEnd()) {
      const start = this.#column
      const character = this.#text.charAt(this.#at)
      if (start === 0 && this.#text.startsWith('---', this.#at) && this.#isBlank(this.#at + 3)) {
        this.#at += 3
      } else if (/[-?:]/.test(character) && this.#isBlank(this.#at + 1)) {
        this.#open.push(start)
        this.#at++
        this.#skipIndentation()
      } else if (character === '&' || character === '!') {
        while (!this.#isBlank(this.#at)) this.#at++
      } else if (character === '|' || character === '>') {
        this.#refuseTabInFirstLine()
        this.#skipDeeperLines()
        return
      } else if (!this.#readKeyOrValue(character)) {
        return
      } else {
        this.#open.push(start)
      }
      this.#skipSpaces()
    }
  }

  /** @returns whether it was a key, which leaves its value to be read */
  #readKeyOrValue(character: string): boolean {
    if (character === '"' || character === "'") this.#readQuoted(character)
    else if (character === '[' || character === '{') this.#readBrackets()
    else return this.#readPlain()
    if (this.#text[this.#at] === '#') this.#edits.push({ at: this.#at, drop: 0, insert: ' ' })
    this.#skipSpaces()
    return this.#takeColon()
  }

  #readPlain(): boolean {
    const isAlias = this.#text[this.#at] === '*'
    while (!this.#isEndOfLine(this.#at)) {
      if (this.#takeColon()) {
        if (isAlias) this.#edits.push({ at: this.#at - 1, drop: 0, insert: ' ' })
        return true
      }
      if (this.#text[this.#at] === '#' && this.#isBlank(this.#at - 1)) return false
      this.#at++
    }
    this.#skipDeeperLines()
    return false
  }

  #takeColon(): boolean {
    if (this.#text[this.#at] !== ':' || !this.#isBlank(this.#at + 1)) return false
    this.#at++
    return true
  }

  #readQuoted(quote: string): void {
    this.#at++
    while (this.#at < this.#text.length) {
      const character = this.#text[this.#at++]
      if (character === '\n') this.#beginLine()
      else if (character === '\\' && quote === '"' && this.#text[this.#at] !== '\n') this.#at++
      else if (character === quote && (quote === '"' || this.#text[this.#at] !== quote)) return
      else if (character === quote) this.#at++
    }
  }

  #readBrackets(): void {
    let depth = 0
    while (this.#at < this.#text.length) {
      const character = this.#text.charAt(this.#at)
      if (character === '"' || character === "'") {
        this.#readQuoted(character)
        continue
      }
      if (character === '#' && this.#isBlank(this.#at - 1)) {
        while (!this.#isEndOfLine(this.#at)) this.#at++
        continue
      }
      if (character === '\t') this.#replaceTab()
      this.#at++
      if (character === '\n') this.#beginLine()
      else if (character === '[' || character === '{') depth++
      else if (character === ']' || character === '}') depth--
      else if (/[^\s,:?]/.test(character)) this.#readPlainInBrackets()
      if (depth === 0) return
    }
  }

  #readPlainInBrackets(): void {
    const start = this.#at - 1
    if (/[&*!]/.test(this.#text.charAt(start))) {
      while (!/[\s,[\]{}]/.test(this.#text.charAt(this.#at) || '\n')) this.#at++
      return
    }
    while (!/[\n,?[\]{}]/.test(this.#text.charAt(this.#at) || '\n')) {
      const isColon = this.#text[this.#at] === ':' && this.#isBlank(this.#at + 1)
      if (isColon || (this.#text[this.#at] === '#' && this.#isBlank(this.#at - 1))) break
      this.#at++
    }
    const text = this.#text.slice(start, this.#at)
    const isLoneDash = text === '-' && this.#text[this.#at] !== '\n'
    if ((isLoneDash || /^[^|>%@`].*:$/.test(text)) && /[\s,[{]/.test(this.#text.charAt(start - 1)))
      this.#edits.push({ at: start, drop: text.length, insert: `'${text.replaceAll("'", "''")}'` })
    if (this.#text[this.#at] === '\n') this.#refuseTab(this.#at + 1)
  }

  /** A line inside quotes or brackets begins here. */
  #beginLine(): void {
    this.#lineStart = this.#at
    while (this.#text[this.#at] === ' ') this.#at++
    const spaces = this.#parent + 1 - this.#column
    if (spaces > 0 && !this.#isEndOfLine(this.#at))
      this.#edits.push({ at: this.#lineStart, drop: 0, insert: ' '.repeat(spaces) })
  }

  /** What follows a text without quotes, or is one with `|` or `>`, is deeper than its key and holds no quotes and brackets. */
  #skipDeeperLines(): void {
    for (;;) {
      const end = this.#text.indexOf('\n', this.#at)
      if (end < 0) {
        this.#at = this.#text.length
        return
      }
      let content = end + 1
      while (this.#text[content] === ' ') content++
      this.#refuseTab(end + 1)
      if (content - end - 1 <= this.#parent && !this.#isEndOfLine(content)) return
      this.#at = content
    }
  }

  /** A line that may continue a text without quotes has no tab before the place where it would. */
  #refuseTab(lineStart: number): void {
    let at = lineStart
    while (this.#text[at] === ' ') at++
    if (this.#text[at] === '\t' && at - lineStart <= this.#parent) this.#throwTab(at)
  }

  /** The first line of a text with `|` or `>` tells by its spaces how deep the text is, unless a digit does. */
  #refuseTabInFirstLine(): void {
    const first = /[|>][-+]?[ \t]*(?:#.*)?\r?\n(?: *\r?\n)* *\t/y
    first.lastIndex = this.#at
    if (first.test(this.#text)) this.#throwTab(first.lastIndex - 1)
  }

  #throwTab(at: number): never {
    return YAMLException.throwAt(this.#text, at, 'tab characters must not be used in indentation')
  }

  #nextLine(): void {
    const end = this.#text.indexOf('\n', this.#at)
    this.#at = end < 0 ? this.#text.length : end + 1
    this.#lineStart = this.#at
  }

  /** Where a key may begin, in the block style. */
  #skipIndentation(): void {
    while (this.#text[this.#at] === ' ') this.#at++
    if (this.#text[this.#at] === '\t') this.#throwTab(this.#at)
  }

  #skipSpaces(): void {
    for (; this.#text[this.#at] === ' ' || this.#text[this.#at] === '\t'; this.#at++)
      if (this.#text[this.#at] === '\t') this.#replaceTab()
  }

  #replaceTab(): void {
    this.#edits.push({ at: this.#at, drop: 1, insert: ' ' })
  }

  /** Whether nothing but a comment is left of the line. */
  #isAtEnd(): boolean {
    return this.#isEndOfLine(this.#at) || this.#text[this.#at] === '#'
  }

  #isBlank(at: number): boolean {
    return this.#isEndOfLine(at) || this.#text[at] === ' ' || this.#text[at] === '\t'
  }

  #isEndOfLine(at: number): boolean {
    const character = this.#text[at]
    return character === undefined || character === '\n' || character === '\r'
  }
}
