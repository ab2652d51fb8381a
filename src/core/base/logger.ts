/** Where the core says what it does, one line an event. Never a secret: headers and queries go through `redact`. */
export interface Logger {
  debug(line: string): void
  info(line: string): void
  warn(line: string): void
}

export const silent: Logger = { debug: ignore, info: ignore, warn: ignore }

function ignore(): void {
  // Deliberately nothing: the caller did not ask to hear.
}
