/** Names that would be commands or options if a shell, or a careless program, read them; each would leave a file `planted`. */
export const injections: readonly string[] = [
  'robot$HOME',
  '$(touch planted)',
  '`touch planted`',
  'a; touch planted',
  'a | touch planted',
  'a && touch planted',
  'a\ntouch planted',
  '"; touch planted; "',
  "'; touch planted; '",
  '-o=planted',
  '--output planted',
  '%PATH% > planted',
]
