import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { isIP } from 'node:net';

/** What is served. */
export interface Page {
  readonly path: string;
  /** @param accepted what the client wants, the header `Accept` */
  readonly make: (accepted: string) => { readonly type: string; readonly text: string };
}

/** Bytes of a request's line and headers. */
const MAX_HEADER_BYTES = 8192;

const isLoopback = (address: string): boolean => address === '::1' || /^(::ffff:)?127\./.test(address);

/**
 * A browser that a page of somebody else's makes ask for a name that leads here says that name (DNS rebinding): of who comes
 * over loopback an address of it is expected, or localhost.
 */
const isMeant = ({ socket: { localAddress }, headers: { host = '' } }: IncomingMessage): boolean => {
  if (localAddress === undefined || !isLoopback(localAddress)) return true;
  const name = host.replace(/:\d*$/, '').replace(/^\[(.*)\]$/, '$1');
  return name === 'localhost' || (isIP(name) !== 0 && isLoopback(name));
};

const answer = (request: IncomingMessage, response: ServerResponse, { path, make }: Page): void => {
  const end = (status: number, type: string, text: string, more: Readonly<Record<string, string>> = {}): void => {
    const length = String(Buffer.byteLength(text));
    const headers = { 'content-type': type, 'content-length': length, 'cache-control': 'no-store', ...more };
    response.writeHead(status, { ...headers, 'x-content-type-options': 'nosniff', connection: 'close' }).end(text);
  };
  response.sendDate = false; // it would keep a timer
  const refuse = (status: number, why: string, more?: Readonly<Record<string, string>>): void =>
    end(status, 'text/plain', `${why}\n`, more);
  if (!isMeant(request)) refuse(421, 'expected localhost or an address of it in Host');
  else if (request.url !== path) refuse(404, `there is ${path} only`);
  else if (request.method !== 'GET') refuse(405, 'expected GET', { allow: 'GET' });
  else {
    const { type, text } = make(request.headers.accept ?? '');
    end(200, type, text);
  }
};

/** Speaks HTTP on connections that it is given (`emit('connection', socket)`): one page, one request of each, and no timer of its own. */
export const httpPage = (page: Page): Server =>
  createServer({ maxHeaderSize: MAX_HEADER_BYTES }, (request, response) => answer(request, response, page))
    .on('connect', (_, socket) => socket.destroy())
    .on('clientError', (_, socket) => socket.destroy());
