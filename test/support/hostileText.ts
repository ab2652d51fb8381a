/** What strangers write to command a terminal, to move what stands beside it, or to turn it around (CVE-2021-21303). */
export const hostileTexts: readonly (readonly [what: string, text: string])[] = [
  ['a colour', 'a\u001b[31mred'],
  ['a title of the window', 'a\u001b]0;title\u0007b'],
  ['a link', 'a\u001b]8;;http://evil.example.com\u001b\\b\u001b]8;;\u001b\\'],
  ['a clear screen', '\u001b[2J\u001b[Ha'],
  ['an answer that is typed', 'a\u001b[6nb'],
  ['a C1 introducer', 'a\u009b2Jb'],
  ['a C1 string', 'a\u0090q\u009cb'],
  ['backspaces', 'safe\b\b\b\bevil'],
  ['a return to the start of the line', 'evil\rsafe'],
  ['another line', 'a\nWARNING: b\u2028c\u2029d'],
  ['a change of direction', 'a\u202egpj.exe\u202c\u2066b\u2069'],
  ['a bell, a delete and a zero', 'a\u0007\u007f\u0000b'],
]

/** Characters that must not reach a screen; what ends a line and what separates columns is the printer's own. */
const controls = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/u

/** The first character of a text that must not be shown, as its code; `undefined` where the text is harmless. */
export function harmIn(text: string): string | undefined {
  const found = controls.exec(text)?.[0]
  return found === undefined ? undefined : `U+${found.charCodeAt(0).toString(16).padStart(4, '0')}`
}
