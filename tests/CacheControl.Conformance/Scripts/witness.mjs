// Plays exchanges, one JSON object a line, to two caches that others wrote, and tells what each did, one line for each.
// Usage: node witness.mjs <folder with node_modules>
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
import path from 'node:path';

const require = createRequire(path.join(process.argv[2], 'package.json'));
const CachePolicy = require('http-cache-semantics');
const { cacheStores, interceptors } = require('undici');
const undiciUtil = require('undici/lib/util/cache.js');

let now = 0;
Date.now = () => now;
const RealDate = Date;
globalThis.Date = class extends RealDate {
  constructor (...given) {
    super(...(given.length === 0 ? [now] : given));
  }
};

const joined = lines => {
  const map = {};
  for (const [name, value] of lines) {
    const key = name.toLowerCase();
    map[key] = key in map ? `${map[key]}, ${value}` : value;
  }
  return map;
};

// As undici's parser gives them: a field of several lines is a list.
const listed = lines => {
  const map = {};
  for (const [name, value] of lines) {
    const key = name.toLowerCase();
    map[key] = key in map ? [].concat(map[key], value) : value;
  }
  return map;
};

const flat = headers => Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), Array.isArray(value) ? value.join(', ') : value]));
const conditions = headers => ({ inm: headers['if-none-match'] ?? null, ims: headers['if-modified-since'] ?? null });

/** What the origin answers to the second request: the scripted answer, or the next version if a 304 is scripted and nothing was asked conditionally. */
const answerOf = (exchange, headers) => {
  const scripted = exchange.second;
  const isConditional = headers['if-none-match'] !== undefined || headers['if-modified-since'] !== undefined;
  return scripted.status === 304 && !isConditional ? { status: 200, lines: exchange.fallback, body: 'next' } : { ...scripted, body: 'second' };
};

// ---- http-cache-semantics, used as its page says ----

const semantics = exchange => {
  const request = lines => ({ url: exchange.url, method: 'GET', headers: joined(lines) });
  const seen = {};
  now = exchange.start + exchange.delay;
  const first = request(exchange.request);
  let policy = new CachePolicy(first, { status: exchange.first.status, headers: joined(exchange.first.lines) }, { shared: exchange.shared });
  seen.parsed = policy._rescc;
  let body = 'first';
  if (!policy.storable()) policy = null;
  seen.stored = policy !== null;

  now += exchange.elapsed;
  const second = { ...request(exchange.presented), method: exchange.method };
  const ask = (lines, got) => {
    const answer = answerOf(exchange, lines);
    return got(answer);
  };
  const fresh = answer => {
    policy = new CachePolicy(second, { status: answer.status, headers: joined(answer.lines) }, { shared: exchange.shared });
    body = answer.body;
    if (!policy.storable()) policy = null;
    return { status: answer.status, body: answer.body, headers: joined(answer.lines) };
  };
  if (policy === null) {
    seen.asked = conditions(second.headers);
    seen.got = ask(second.headers, fresh);
  } else {
    seen.ttl = policy.maxAge() - policy.age();
    const result = policy.evaluateRequest(second);
    if (result.response) {
      seen.got = { status: result.response.status, body, headers: flat(result.response.headers) };
      seen.background = result.revalidation !== undefined;
    } else {
      const headers = result.revalidation.headers;
      seen.asked = conditions(headers);
      seen.got = ask(headers, answer => {
        const { policy: updated, modified } = policy.revalidatedPolicy(second, { status: answer.status, headers: joined(answer.lines) });
        if (modified) return fresh(answer);
        policy = updated;
        const got = { status: policy.status(), body, headers: flat(policy.responseHeaders()) };
        if (!policy.storable()) policy = null;
        return got;
      });
    }
  }

  if (!seen.background) {
    now += exchange.pause;
    const third = request(exchange.request);
    const result = policy?.evaluateRequest(third);
    seen.third = result?.response ? { body, headers: flat(result.response.headers) } : null;
  }
  return seen;
};

// ---- undici: its interceptor over an origin that answers from the script ----

const { cache } = interceptors;

const undici = async exchange => {
  const seen = {};
  const asked = [];
  let answer;
  let hasAnswered = false;
  let isBackground = false;
  const origin = (options, handler) => {
    asked.push(flat(options.headers ?? {}));
    isBackground ||= hasAnswered;
    const { status, lines, body } = answer(flat(options.headers ?? {}));
    const controller = { resume () {}, pause () {}, paused: false, aborted: false, reason: null, abort () {}, rawHeaders: [] };
    handler.onRequestStart?.(controller, {});
    handler.onResponseStart?.(controller, status, listed(lines), '');
    if (status !== 304) handler.onResponseData?.(controller, Buffer.from(body));
    handler.onResponseEnd?.(controller, {});
    return true;
  };
  const store = new cacheStores.MemoryCacheStore();
  const dispatch = cache({ store, methods: ['GET', 'HEAD'], type: exchange.shared ? 'shared' : 'private' })(origin);
  const url = new URL(exchange.url);
  const send = (method, lines) => new Promise((resolve, reject) => {
    const got = { body: '' };
    hasAnswered = isBackground = false;
    dispatch({ origin: url.origin, path: url.pathname, method, headers: listed(lines) }, {
      onConnect () {},
      onHeaders (status) { got.status = status; got.headers = {}; },
      onComplete () { resolve(got); },
      onRequestStart () {},
      onResponseStart (_, status, headers) { hasAnswered = true; got.status = status; got.headers = flat(headers); },
      onResponseData (_, chunk) { got.body += chunk; },
      onResponseEnd () { resolve(got); },
      onResponseError (_, error) { reject(error); },
      onError (error) { reject(error); },
    });
  });

  const control = exchange.first.lines.filter(([n]) => n.toLowerCase() === 'cache-control').map(([, v]) => v);
  seen.parsed = control.length === 0 ? {} : undiciUtil.parseCacheControlHeader(control.length === 1 ? control[0] : control);
  now = exchange.start + exchange.delay;
  answer = () => ({ ...exchange.first, body: 'first' });
  await send('GET', exchange.request);
  const key = { origin: url.origin, method: 'GET', path: url.pathname, headers: listed(exchange.request) };
  const entry = store.get(key);
  seen.stored = entry !== undefined;

  now += exchange.elapsed;
  asked.length = 0;
  const kept = store.get({ ...key, headers: listed(exchange.presented) });
  if (kept) seen.ttl = (kept.staleAt - now) / 1000;
  answer = headers => answerOf(exchange, headers);
  seen.got = await send(exchange.method, exchange.presented);
  seen.background = isBackground;
  if (asked.length > 0) seen.asked = conditions(asked[0]);
  seen.requests = asked.length;

  now += exchange.pause;
  asked.length = 0;
  answer = () => ({ status: 200, lines: [['Cache-Control', 'no-store']], body: 'third' });
  const third = await send('GET', exchange.request);
  seen.third = asked.length === 0 ? { body: third.body, headers: third.headers } : null;
  return seen;
};

for await (const line of createInterface({ input: process.stdin })) {
  const exchange = JSON.parse(line);
  process.stdout.write(JSON.stringify({ n: exchange.n, semantics: semantics(exchange), undici: await undici(exchange) }) + '\n');
}
