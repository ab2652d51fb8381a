/**
 * What plain text means in YAML 1.1 as yaml.v2 reads it: bigint for whole numbers, number for others. Dates stay text.
 * @see https://github.com/go-yaml/yaml/blob/v2.4.0/resolve.go
 */
export function resolvePlain(text: string): null | boolean | bigint | number | string {
  const word = words.get(text)
  if (word !== undefined) return word
  const number = resolveNumber(text)
  return number ?? text
}

/**
 * A scalar with one of YAML's own tags, for example `!!int "3"`.
 * @param tag without `!!`
 * @returns `undefined` where the text is none of that type
 */
export function resolveTagged(
  text: string,
  tag: string,
): null | boolean | bigint | number | string | undefined {
  const value = resolvePlain(text)
  switch (tag) {
    case 'int':
      return typeof value === 'bigint' ? value : undefined
    case 'float':
      return typeof value === 'bigint' ? Number(value) : typeof value === 'number' ? value : undefined
    case 'bool':
      return typeof value === 'boolean' ? value : undefined
    case 'null':
      return value === null ? null : undefined
    case 'binary':
      return base64.test(text.replace(/[\r\n]/g, '')) ? Buffer.from(text, 'base64').toString() : undefined
    default:
      return text
  }
}

const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/

/**
 * A number as text, the way Go's YAML-to-JSON conversion writes it where text is wanted: with the shortest digits that
 * single precision can tell apart, so `1.10` is "1.1" and `1.23456789` is "1.2345679".
 * @see https://github.com/kubernetes-sigs/yaml/blob/v1.2.0/yaml.go convertToJSONableObject
 */
export function formatFloat(value: number): string {
  const single = Math.fround(value)
  if (Number.isNaN(single)) return 'NaN'
  if (!Number.isFinite(single)) return single < 0 ? '-Inf' : '+Inf'
  if (single === 0) return Object.is(single, -0) ? '-0' : '0'
  const [mantissa = '', exponentText = ''] = shortest(single).split('e')
  const exponent = Number(exponentText)
  const digits = mantissa.replace('-', '').replace('.', '').replace(/0+$/, '')
  const sign = single < 0 ? '-' : ''
  if (exponent < -4 || exponent >= 6) {
    const fraction = digits.length > 1 ? `.${digits.slice(1)}` : ''
    const size = String(Math.abs(exponent)).padStart(2, '0')
    return `${sign}${digits.slice(0, 1)}${fraction}e${exponent < 0 ? '-' : '+'}${size}`
  }
  if (exponent < 0) return `${sign}0.${'0'.repeat(-exponent - 1)}${digits}`
  const whole = digits.slice(0, exponent + 1).padEnd(exponent + 1, '0')
  const fraction = digits.slice(exponent + 1)
  return `${sign}${whole}${fraction === '' ? '' : `.${fraction}`}`
}

/** The shortest decimal in exponential form that is the same number in single precision. */
function shortest(single: number): string {
  for (let digits = 0; digits < 9; digits++) {
    const text = single.toExponential(digits)
    if (Math.fround(Number(text)) === single) return text
  }
  return single.toExponential()
}

const words: ReadonlyMap<string, null | boolean | number> = new Map<string, null | boolean | number>([
  ...spellings(['y', 'yes', 'true', 'on'], true),
  ...spellings(['n', 'no', 'false', 'off'], false),
  ...spellings(['', '~', 'null'], null),
  ...spellings(['.inf', '+.inf'], Infinity),
  ...spellings(['-.inf'], -Infinity),
  ['.nan', NaN],
  ['.NaN', NaN],
  ['.NAN', NaN],
])

/** Each word in lower case, capitalised and in upper case. */
function spellings<Value>(all: readonly string[], value: Value): [string, Value][] {
  return all.flatMap((word) =>
    [word, word.toUpperCase(), word.replace(/[a-z]/, (letter) => letter.toUpperCase())].map(
      (spelling): [string, Value] => [spelling, value],
    ),
  )
}

const decimalFloat = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/

function resolveNumber(text: string): bigint | number | undefined {
  if (text.startsWith('.')) return decimalFloat.test(text) ? Number(text) : undefined
  if (!/^[-+0-9]/.test(text)) return undefined
  const plain = text.replaceAll('_', '')
  return resolveInteger(plain) ?? (decimalFloat.test(plain) ? finite(plain) : undefined)
}

/** Go reads a leading zero as octal, and takes whole numbers from -2^63 to 2^64-1. */
function resolveInteger(plain: string): bigint | undefined {
  const match = /^([-+]?)(0[xX][0-9a-fA-F]+|0[oO]?[0-7]+|0[bB][01]+|0|[1-9][0-9]*)$/.exec(plain)
  if (match === null) return undefined
  const [, sign = '', digits = ''] = match
  const size = BigInt(/^0[0-7]/.test(digits) ? `0o${digits.slice(1)}` : digits)
  const value = sign === '-' ? -size : size
  if (value < -(2n ** 63n)) return undefined
  return value < (sign === '' ? 2n ** 64n : 2n ** 63n) ? value : undefined
}

function finite(plain: string): number | undefined {
  const value = Number(plain)
  return Number.isFinite(value) ? value : undefined
}
