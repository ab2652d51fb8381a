/** Stands in every secret, in letters that no encoding of an address changes, so that whoever finds it has found one of them. */
export const mark = 'planted0secret'

/**
 * The secrets that the registries, token servers, proxies and helpers of the tests take. They may stand where a login is
 * kept, and nowhere else: `search.ts` looks for them in all that the tests leave.
 */
export const planted = {
  /** Of a person at a registry. */
  password: `${mark}/Passw0rd+1`,
  /** What a token server trades for tokens. */
  refreshToken: `${mark}/refresh+2`,
  /** What a credential helper keeps. */
  helperSecret: `${mark}/helper+3`,
  /** Of a person at a proxy, whose configuration takes letters and digits only. */
  proxyPassword: `${mark}0proxy4`,
  /** Of a GitHub account. */
  accountToken: `gho_${mark}5`,
}
