// The server's answers: read, or thrown as an ApiError that says what to do.

const ROOT = new URL('../api/v1/', import.meta.url);
const TOKEN = 'temper.token';
const PATIENCE_MS = 15_000;

export class ApiError extends Error {
  /** @param status of HTTP; 0 where there was no answer */
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

function kept() {
  try {
    return sessionStorage.getItem(TOKEN) ?? '';
  } catch {
    return '';
  }
}

let token = kept();

export function useToken(value) {
  token = value;
  try {
    sessionStorage.setItem(TOKEN, value);
  } catch {
    // Storage is switched off: it holds until the page is left.
  }
}

export function hasToken() {
  return token !== '';
}

/** @param query values that are empty are left out */
export function address(path, query = {}) {
  const url = new URL(path, ROOT);
  for (const [name, value] of Object.entries(query)) {
    if (value !== '' && value !== null && value !== undefined) {
      url.searchParams.set(name, value);
    }
  }
  return url;
}

export function authorization() {
  return token ? { Authorization: `Bearer ${token}` } : {};
}

/** What went wrong, in the server's words where it has some. */
export async function failure(response) {
  let said = '';
  try {
    const text = await response.text();
    said = (text.startsWith('{') ? JSON.parse(text).error : text.slice(0, 300)) ?? '';
  } catch {
    // The status says enough.
  }
  const cure = {
    401: 'the server asks for its token',
    403: 'the server refuses this address; ask by the name localhost',
    404: 'the server has nothing here; moderation.enabled may be false',
    503: 'the service cannot answer yet; it is starting, or restoring its state',
  }[response.status] ?? `the server answered ${response.status}`;
  return new ApiError(response.status, said || cure);
}

async function call(path, query, options) {
  let response;
  try {
    response = await fetch(address(path, query), {
      ...options,
      headers: { Accept: 'application/json', ...authorization(), ...options.headers },
      cache: 'no-store',
      credentials: 'same-origin',
      redirect: 'error',
      signal: AbortSignal.any([AbortSignal.timeout(PATIENCE_MS), ...(options.signal ? [options.signal] : [])]),
    });
  } catch (error) {
    if (options.signal?.aborted) {
      throw error;
    }
    throw new ApiError(0, 'the server does not answer; is the sidecar running?');
  }
  if (!response.ok) {
    throw await failure(response);
  }
  return response.json();
}

export function get(path, query = {}, signal = undefined) {
  return call(path, query, { method: 'GET', signal });
}

export function post(path, body) {
  return call(path, {}, {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { 'Content-Type': 'application/json', 'X-Temper-Request': '1' },
  });
}
