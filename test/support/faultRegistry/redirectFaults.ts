import { instead } from './breaking.ts'
import { empty, operations, type Exchange } from './exchange.ts'
import { never, type Fault } from './fault.ts'

/** A token server that sends its clients on is not followed. */
const exceptToken = { token: never('refused') } as const

/** Answers that send the client somewhere else; 307, so that what has a body goes there too. */
export const redirectFaults: readonly Fault[] = [
  {
    name: 'sends its clients to another host and port',
    at: operations,
    inflict: to(({ asked, stranger }) => new URL(pathOf(asked.url), stranger).href),
    outcomes: never('success'),
    except: exceptToken,
  },
  {
    name: 'sends its clients to another port',
    at: operations,
    inflict: to(({ asked, stranger }) => `http://127.0.0.1:${stranger.port}${pathOf(asked.url)}`),
    outcomes: never('success'),
    except: exceptToken,
  },
  {
    name: 'sends its clients with a password to another host',
    at: operations,
    inflict: to(({ asked, stranger }) => `http://root:toor@localhost:${stranger.port}${pathOf(asked.url)}`),
    outcomes: never('success'),
    except: exceptToken,
  },
  {
    name: 'sends its clients to where a login is wanted',
    at: operations,
    inflict: to(({ stranger }) => new URL('/wants/a/login', stranger).href),
    outcomes: never('unavailable'),
    except: exceptToken,
  },
  {
    name: 'sends its clients to HTTPS, where there is none',
    at: operations,
    inflict: to(({ stranger }) => `https://localhost:${stranger.port}/`),
    outcomes: never('tls'),
    except: exceptToken,
  },
  {
    name: 'sends its clients to what is not the web',
    at: operations,
    inflict: to(() => 'ftp://localhost/'),
    outcomes: never('refused'),
  },
  {
    name: 'sends its clients in a circle',
    at: operations,
    inflict: to(({ asked }) => pathOf(asked.url)),
    outcomes: ['success', 'refused'],
    except: exceptToken,
  },
  {
    name: 'sends its clients on and on',
    at: operations,
    inflict: to(({ asked }) => {
      const next = new URL(asked.url)
      next.searchParams.set('hop', String(Number(next.searchParams.get('hop') ?? 0) + 1))
      return pathOf(next)
    }),
    outcomes: ['success', 'refused'],
    except: exceptToken,
  },
  {
    name: 'sends its clients nowhere',
    at: operations,
    inflict: to(() => 'http://['),
    outcomes: never('refused'),
  },
]

function to(location: (exchange: Exchange) => string): Fault['inflict'] {
  return instead((exchange) => empty(307, { location: location(exchange) }))
}

function pathOf({ pathname, search }: URL): string {
  return `${pathname}${search}`
}
