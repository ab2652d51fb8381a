import { expect, it } from 'vitest'
import { connectionError } from '../../../src/core/registry/connectionError.ts'
import { TransportError } from '../../../src/core/registry/transport/transport.ts'

it.each(['EMFILE', 'ENFILE'])('%s is the fault of this computer, not of the registry', (code) => {
  const text = `connect ${code} 127.0.0.1:5000 - Local (undefined:undefined)`

  expect(connectionError(new TransportError(code, text), 'localhost:5000')).toMatchObject({
    kind: 'unavailable',
    message:
      'No connection to localhost:5000 could be opened: too many files and connections are open on this computer.',
    advice: 'Close other programs or raise the limit (ulimit -n), and try again.',
  })
})
