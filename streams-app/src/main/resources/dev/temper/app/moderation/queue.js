// The list of flagged answers: filters, pages, the selection, and what comes in while one reads.

import { get } from './api.js';
import { announce, byId, el } from './dom.js';
import { name, offer, visible } from './visible.js';
import * as words from './words.js';

const PAGE = 50;
/** Beyond so many the oldest leave the page; they are a search away. */
const MOST = 500;
const TYPING_MS = 250;

/** The score that stands for an answer: the highest that exceeded its threshold, else the highest. */
function worst(scores) {
  return [...(scores ?? [])].sort((a, b) => Number(b.exceeded) - Number(a.exceeded) || b.score - a.score)[0];
}

/** A verdict is told of a moment before the list has it. */
function newer(item, read) {
  return !read ? item : read.verdict === null && item.verdict ? { ...read, verdict: item.verdict } : read;
}

export function severityBadge(level) {
  return el('span', { class: `severity s${[2, 4, 6].includes(level) ? level : 0}` }, words.severity(level));
}

export function verdictBadge(verdict) {
  return el('span', { class: `verdict-badge v-${/^(toxic|not_toxic|unsure)$/i.test(verdict.verdict) ? verdict.verdict.toLowerCase() : 'unsure'}` }, words.verdict(verdict.verdict));
}

/**
 * @param onOpen gets the id of an item and whether somebody asked to see it
 * @param onRead gets each answer of the server, @param onFailure each failure
 */
export function queueView(onOpen, onRead, onFailure) {
  const list = byId('list');
  const filters = byId('filters');
  const more = byId('more');
  let items = [];
  let next = null;
  let selected = null;
  let asked = 0;
  let typing = 0;

  function query() {
    const fields = new FormData(filters);
    return Object.fromEntries(['state', 'q', 'tenant', 'category', 'action', 'min_severity'].map((field) => [field, fields.get(field) ?? '']));
  }

  function row(item, index) {
    const top = worst(item.scores);
    return el('li', { role: 'option', id: `row-${index}`, 'aria-selected': String(item.id === selected), class: item.verdict ? 'judged' : '', 'data-index': index },
      el('span', { class: 'row-head' }, severityBadge(item.severity),
        el('span', { class: 'row-top' }, top ? [name(top.category), ' ', el('b', {}, words.score(top.score))] : 'no scores'),
        el('time', { datetime: words.iso(item.at), title: words.moment(item.at) }, words.ago(item.at))),
      el('span', { class: 'preview', dir: 'auto' }, visible(item.preview) ),
      el('span', { class: 'row-foot' }, name(item.tenant), el('span', { class: 'muted' }, String(item.action).toLowerCase()),
        item.verdict ? verdictBadge(item.verdict) : null));
  }

  function show() {
    list.replaceChildren(...items.map(row));
    list.hidden = items.length === 0;
    more.hidden = next === null;
    const filtered = filterCount() > 0 || query().q !== '';
    const state = byId('queue-state');
    state.hidden = items.length > 0;
    state.textContent = next !== null ? 'Nothing matches among the newest; older ones are looked at when more are loaded.'
      : filtered ? 'Nothing matches these filters.'
      : query().state === 'open' ? 'Nothing to review. What is flagged from now on appears here by itself.'
        : query().state === 'reviewed' ? 'Nothing was reviewed yet.' : 'Nothing was flagged yet.';
    list.setAttribute('aria-activedescendant', indexOf(selected) < 0 ? '' : `row-${indexOf(selected)}`);
  }

  const indexOf = (id) => items.findIndex((item) => item.id === id);

  function filterCount() {
    const { tenant, category, action, min_severity } = query();
    return [tenant, category, action, min_severity].filter((value) => value !== '').length;
  }

  async function page(before) {
    const answer = await get('flagged', { ...query(), limit: PAGE, before });
    onRead(answer);
    return answer;
  }

  async function load() {
    const turn = ++asked;
    const chosen = filterCount();
    byId('filter-count').hidden = chosen === 0;
    byId('filter-count').textContent = chosen;
    list.setAttribute('aria-busy', 'true');
    if (items.length === 0) {
      byId('queue-state').hidden = false;
      byId('queue-state').textContent = 'Loading…';
    }
    try {
      const answer = await page('');
      if (turn !== asked) return;
      items = answer.items;
      next = answer.next ?? null;
      show();
      list.scrollTop = 0;
      announce(`${items.length}${next === null ? '' : ' or more'} flagged answers`);
    } catch (error) {
      if (turn === asked) {
        if (items.length === 0) byId('queue-state').textContent = 'The list could not be read.';
        onFailure(error, load);
      }
    } finally {
      list.setAttribute('aria-busy', 'false');
    }
  }

  /** Reads the newest again and puts what is new before the others. */
  async function refresh() {
    const turn = asked;
    try {
      const answer = await page('');
      if (turn !== asked) return;
      const known = new Set(items.map((item) => item.id));
      // What is older than all that is shown comes with the next page.
      const fresh = answer.items.filter((item) => !known.has(item.id) && !(next !== null && item.at < items.at(-1)?.at));
      if (answer.items.every((item) => !known.has(item.id)) || items.length + fresh.length > MOST) {
        items = answer.items;
        next = answer.next ?? null;
      } else {
        const read = new Map(answer.items.map((item) => [item.id, item]));
        items = [...fresh, ...items.map((item) => newer(item, read.get(item.id)))].sort((a, b) => b.at - a.at);
      }
      const held = list.scrollTop;
      const tall = list.scrollHeight;
      show();
      // Whoever reads further down keeps the place.
      list.scrollTop = held > 0 ? held + list.scrollHeight - tall : 0;
    } catch (error) {
      if (turn === asked) onFailure(error, refresh);
    }
  }

  async function loadMore() {
    const turn = asked;
    more.disabled = true;
    try {
      const answer = await page(next);
      if (turn !== asked) return;
      const known = new Set(items.map((item) => item.id));
      items = [...items, ...answer.items.filter((item) => !known.has(item.id))];
      next = answer.next ?? null;
      show();
    } catch (error) {
      onFailure(error, loadMore);
    } finally {
      more.disabled = false;
    }
  }

  function select(id, asks = false) {
    selected = id;
    for (const option of list.children) {
      const is = items[option.dataset.index]?.id === id;
      option.setAttribute('aria-selected', String(is));
      if (is) {
        list.setAttribute('aria-activedescendant', option.id);
        option.scrollIntoView({ block: 'nearest' });
      }
    }
    if (id !== null) onOpen(id, asks);
  }

  /** To the next (1) or previous (-1) item; at an end it stays. */
  function move(by, asks = false) {
    if (items.length === 0) return;
    const at = indexOf(selected);
    select(items[at < 0 ? (by > 0 ? 0 : items.length - 1) : Math.min(items.length - 1, Math.max(0, at + by))].id, asks);
  }

  /** The item that waits for a verdict next: below first. */
  function nextOpen(after) {
    const at = indexOf(after);
    return [...items.slice(at + 1), ...items.slice(0, Math.max(0, at))].find((item) => !item.verdict) ?? null;
  }

  function judged(id, verdict) {
    const at = indexOf(id);
    if (at >= 0) {
      items[at] = { ...items[at], verdict };
      list.children[at]?.replaceWith(row(items[at], at));
    }
  }

  list.addEventListener('click', (event) => {
    const option = event.target.closest('[role=option]');
    if (option) select(items[option.dataset.index].id, true);
  });
  list.addEventListener('keydown', (event) => {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (by !== undefined) {
      event.preventDefault();
      move(by);
    } else if (event.key === 'Home' || event.key === 'End') {
      event.preventDefault();
      select(items.at(event.key === 'Home' ? 0 : -1)?.id ?? null);
    }
  });
  more.addEventListener('click', loadMore);
  filters.addEventListener('submit', (event) => event.preventDefault());
  filters.addEventListener('change', (event) => {
    if (event.target.name && event.target.name !== 'q') load();
  });
  filters.addEventListener('reset', () => setTimeout(load));
  byId('search').addEventListener('input', () => {
    clearTimeout(typing);
    typing = setTimeout(load, TYPING_MS);
  });

  return {
    load, refresh, move, select, judged, nextOpen,
    selected: () => selected,
    offer(tenants, categories) {
      offer(filters.elements.tenant, tenants);
      offer(filters.elements.category, categories);
    },
  };
}
