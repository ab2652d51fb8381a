/**
 * Indents what continues a quoted text or a bracket on further lines, so that every line stands deeper than the key it
 * belongs to. libyaml, the parser of Helm 3, does not look at the indentation there, and many values.yaml have their closing
 * bracket right under the key; js-yaml insists on it, as YAML 1.2 does. The spaces mean nothing in these places.
 *
 * @returns the same text where there is nothing to indent, or where it would grow without end
 */
export function indentFlow(text: string): string {
  const lines = new FlowLines(text).find()
  const added = lines.reduce((sum, { spaces }) => sum + spaces, 0)
  if (added === 0 || added > maxAdded) return text
  let result = ''
  let done = 0
  for (const { at, spaces } of lines) {
    result += text.slice(done, at) + ' '.repeat(spaces)
    done = at
  }
  return result + text.slice(done)
}

/** Bytes; honest files need a few. */
const maxAdded = 1024 * 1024

interface ShallowLine {
  /** Where the line begins in the text. */
  readonly at: number
  /** How many are missing. */
  readonly spaces: number
}

/** Walks through a document of YAML, only to know what is inside quotes and brackets. */
class FlowLines {
  readonly #text: string
  readonly #found: ShallowLine[] = []
  /** Columns of the keys and dashes that are open, the innermost last. */
  readonly #open: number[] = []
  #at = 0
  #lineStart = 0

  constructor(text: string) {
    this.#text = text
  }

  find(): readonly ShallowLine[] {
    while (this.#at < this.#text.length) {
      this.#skipSpaces()
      if (!this.#isAtEnd()) {
        while ((this.#open.at(-1) ?? -1) >= this.#column) this.#open.pop()
        this.#readEntry()
      }
      this.#nextLine()
    }
    return this.#found
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
      } else if (character === '&' || character === '!') {
        while (!this.#isBlank(this.#at)) this.#at++
      } else if (character === '|' || character === '>') {
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
    this.#skipSpaces()
    return this.#takeColon()
  }

  #readPlain(): boolean {
    while (!this.#isEndOfLine(this.#at)) {
      if (this.#takeColon()) return true
      if (this.#text[this.#at] === '#' && this.#isBlank(this.#at - 1)) break
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
      if (character === '\n') this.#beginLine(true)
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
      this.#at++
      if (character === '\n') this.#beginLine(false)
      else if (character === '[' || character === '{') depth++
      else if (character === ']' || character === '}') depth--
      else if (/[^\s,:?]/.test(character)) this.#readPlainInBrackets()
      if (depth === 0) return
    }
  }

  #readPlainInBrackets(): void {
    while (!/[\n,[\]{}]/.test(this.#text.charAt(this.#at) || '\n')) {
      const isColon = this.#text[this.#at] === ':' && /[\s,[\]{}]/.test(this.#text.charAt(this.#at + 1))
      if (isColon || (this.#text[this.#at] === '#' && this.#isBlank(this.#at - 1))) return
      this.#at++
    }
  }

  /** A line inside quotes or brackets begins here. In brackets, libyaml takes no tab at its beginning either. */
  #beginLine(isQuoted: boolean): void {
    this.#lineStart = this.#at
    while (this.#text[this.#at] === ' ') this.#at++
    const spaces = this.#parent + 1 - this.#column
    const isMeant = isQuoted ? !this.#isEndOfLine(this.#at) : !this.#isBlank(this.#at)
    if (spaces > 0 && isMeant) this.#found.push({ at: this.#lineStart, spaces })
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
      if (content - end - 1 <= this.#parent && !this.#isEndOfLine(content)) return
      this.#at = content
    }
  }

  #nextLine(): void {
    const end = this.#text.indexOf('\n', this.#at)
    this.#at = end < 0 ? this.#text.length : end + 1
    this.#lineStart = this.#at
  }

  #skipSpaces(): void {
    while (this.#text[this.#at] === ' ' || this.#text[this.#at] === '\t') this.#at++
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
