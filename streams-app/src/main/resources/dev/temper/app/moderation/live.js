// Server-sent events, read by fetch, since EventSource brings no token. Goes on from the last event after each break.

import { address, ApiError, authorization, failure } from './api.js';

/** The server says something every 15 s; after this long the connection is taken for dead. */
const SILENCE_MS = 40_000;
/** A stream that lasted longer ended because it was time to. */
const WHOLE_MS = 60_000;
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 30_000;

/** Takes text as it comes, and hands over whole events: {@code {id, type, data}}. */
export class EventParser {
  #rest = '';
  #event = { type: '', data: [] };
  #id = '';

  constructor(onEvent) {
    this.onEvent = onEvent;
  }

  push(text) {
    // A carriage return at the end may be half of a line's end.
    const lines = (this.#rest + text).split(/\r\n|\n|\r(?!$)/);
    this.#rest = lines.pop();
    lines.forEach((line) => this.#line(line));
  }

  #line(line) {
    if (line === '') {
      if (this.#event.data.length > 0) {
        this.onEvent({ id: this.#id, type: this.#event.type || 'message', data: this.#event.data.join('\n') });
      }
      this.#event = { type: '', data: [] };
      return;
    }
    const colon = line.indexOf(':');
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (field === 'event') this.#event.type = value;
    else if (field === 'data') this.#event.data.push(value);
    else if (field === 'id' && !value.includes('\0')) this.#id = value;
  }
}

/** One connection that is made again for as long as the page is open. */
export class Live {
  #lastId = '';
  #wait = FIRST_WAIT_MS;
  #timer = 0;
  #abort = null;
  #since = 0;

  /**
   * @param onEvent gets each event's type and its data
   * @param onState gets "connecting", "live", "waiting" (with the milliseconds until the next try, and why where the server said so) or "refused" (with the error)
   */
  constructor(onEvent, onState) {
    this.onEvent = onEvent;
    this.onState = onState;
  }

  /** Now, whatever it was waiting for. */
  connect() {
    this.onState('connecting');
    this.#start();
  }

  #start() {
    clearTimeout(this.#timer);
    this.#abort?.abort();
    const abort = new AbortController();
    this.#abort = abort;
    this.#read(abort).then(
      () => this.#again(abort, null),
      (error) => this.#again(abort, error),
    );
  }

  async #read(abort) {
    let silence = setTimeout(() => abort.abort(), SILENCE_MS);
    const heard = () => {
      clearTimeout(silence);
      silence = setTimeout(() => abort.abort(), SILENCE_MS);
    };
    try {
      const resume = this.#lastId ? { 'Last-Event-ID': this.#lastId } : {};
      const response = await fetch(address('events'), {
        headers: { Accept: 'text/event-stream', ...authorization(), ...resume },
        cache: 'no-store',
        redirect: 'error',
        signal: abort.signal,
      });
      if (!response.ok) {
        throw await failure(response);
      }
      this.#since = Date.now();
      this.onState('live');
      const parser = new EventParser((event) => this.#take(event));
      const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
      for (let part = await reader.read(); !part.done; part = await reader.read()) {
        heard();
        this.#wait = FIRST_WAIT_MS;
        parser.push(part.value);
      }
    } finally {
      clearTimeout(silence);
    }
  }

  #take(event) {
    this.#lastId = event.id || this.#lastId;
    try {
      this.onEvent(event.type, JSON.parse(event.data));
    } catch (error) {
      console.error('an event that cannot be used', event.type, error.message);
    }
  }

  #again(abort, error) {
    if (abort !== this.#abort) {
      return; // a newer connection took its place
    }
    if (error instanceof ApiError && error.status === 401) {
      this.onState('refused', error);
      return;
    }
    if (error === null && Date.now() - this.#since > WHOLE_MS) {
      this.#start(); // the server ends each stream after some minutes: nothing is wrong
      return;
    }
    // Not all pages at once when a server comes back.
    const wait = Math.round(this.#wait * (0.75 + 0.5 * Math.random()));
    this.#wait = Math.min(LONGEST_WAIT_MS, 2 * this.#wait);
    this.onState('waiting', wait, error instanceof ApiError ? error.message : '');
    this.#timer = setTimeout(() => this.connect(), wait);
  }
}
