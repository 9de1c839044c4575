// One flagged answer: its conversation, its text, its scores, its trace, and what a reviewer says of it.

import { get, post } from './api.js';
import { meter } from './bars.js';
import { announce, byId, el, settings } from './dom.js';
import { severityBadge, verdictBadge } from './queue.js';
import { traceStrip } from './trace.js';
import { name, visible } from './visible.js';
import * as words from './words.js';

const ROLES = { system: 'System', user: 'User', assistant: 'Assistant' };
const VERDICTS = [['toxic', '1'], ['not_toxic', '2'], ['unsure', '3']];
const LONGEST_NOTE = 2000;

function section(title, ...content) {
  return el('section', {}, el('h3', {}, title), ...content);
}

function said(role, content, kind = '') {
  return el('div', { class: `said ${kind}` }, el('h4', {}, role), el('div', { class: 'text', dir: 'auto' }, visible(content)));
}

function roleOf(message) {
  const role = String(message.role).toLowerCase();
  return Object.hasOwn(ROLES, role) ? ROLES[role] : 'Unknown role';
}

function conversation(item) {
  const turns = item.messages?.length > 0 ? item.messages.map((message) => said(roleOf(message), message.content))
    : typeof item.prompt === 'string' ? [said('Prompt', item.prompt)] : [];
  return section('Conversation', el('div', { class: 'covered' }, turns, said('Answer, flagged', item.text, 'flagged')));
}

function trace(item) {
  const tokens = item.trace?.tokens ?? [];
  const subspaces = [...new Set(tokens.flatMap((token) => Object.keys(token.margins ?? {})))].sort();
  if (subspaces.length === 0) {
    return section('Margin trace', el('p', { class: 'muted' }, 'This answer was generated without guidance, so its tokens have no margins.'));
  }
  const strip = el('div', { class: 'trace covered' }, traceStrip(tokens, subspaces[0]));
  const choice = subspaces.length < 2 ? null : el('label', {}, 'Subspace ', el('select', { change: (event) => strip.replaceChildren(...traceStrip(tokens, event.target.value)) },
    subspaces.map((value) => el('option', { value }, visible(value).map((part) => (typeof part === 'string' ? part : part.textContent))))));
  return section('Margin trace', el('p', { class: 'muted' }, 'Which words pulled toward the toxic side of ', subspaces.length < 2 ? name(subspaces[0]) : 'a subspace', ', token by token.'), choice, strip);
}

function scores(item) {
  const rows = [...(item.scores ?? [])].sort((a, b) => b.score - a.score).map((one) => el('li', { class: one.exceeded ? 'over' : '' },
    el('span', { class: 'score-name' }, name(one.category), one.exceeded ? [' ', severityBadge(one.severity)] : null),
    el('span', { class: 'score-value' }, el('b', {}, words.score(one.score)), el('span', { class: 'muted' }, typeof one.threshold === 'number' ? ` limit ${words.score(one.threshold)}` : ' no limit')),
    meter(one.score, one.exceeded ? 'toxic' : 'plain', one.threshold)));
  return section('Scores', rows.length === 0 ? el('p', { class: 'muted' }, 'No scorer judged this answer.') : el('ul', { class: 'scores' }, rows));
}

/** Names and values, however deep they lie: {@code betas toxicity}. */
function flat(value, prefix = '') {
  if (value === null || value === undefined || value === '' || (Array.isArray(value) && value.length === 0)) return [];
  if (typeof value === 'object') {
    return Array.isArray(value) ? [[prefix, value.map(String).join(' · ')]]
      : Object.entries(value).flatMap(([key, inner]) => flat(inner, `${prefix} ${key}`.trim()));
  }
  return [[prefix, String(value)]];
}

const SHOWN_ELSEWHERE = new Set(['id', 'at', 'action', 'severity', 'scores', 'preview', 'verdict', 'messages', 'prompt', 'text', 'trace', 'latency_ms', 'tenant']);

function details(item) {
  const rest = Object.fromEntries(Object.entries(item).filter(([key]) => !SHOWN_ELSEWHERE.has(key)));
  const rows = [['flagged event', item.id], ['answered in', words.duration(item.latency_ms)], ...flat(rest)];
  return el('details', { class: 'facts' }, el('summary', {}, 'How it came about'),
    el('dl', {}, rows.map(([key, value]) => el('div', {}, el('dt', {}, visible(key.replaceAll('_', ' '))), el('dd', {}, el('bdi', {}, visible(value)))))));
}

/**
 * @param onVerdict gets the id and the verdict that was published
 * @param onBack is asked to go back to the list
 * @param onFailure gets each failure with what tries again, and whether that may happen unasked
 */
export function itemView(onVerdict, onBack, onFailure) {
  const root = byId('item');
  let item = null;
  let wanted = null;
  let reading = null;
  let shown = false; // the text of this item, where texts are covered

  const covering = () => byId('cover').checked;

  function cover() {
    const covered = covering() && !shown;
    root.classList.toggle('is-covered', covered);
    for (const part of root.querySelectorAll('.covered')) part.inert = covered;
    const button = byId('uncover');
    if (button) {
      button.setAttribute('aria-pressed', String(!covered));
      button.hidden = !covering();
      button.firstChild.textContent = covered ? 'Show text ' : 'Cover text ';
    }
  }

  function toggle() {
    if (!item || !covering()) return;
    shown = !shown;
    cover();
    announce(shown ? 'Text shown' : 'Text covered');
  }

  function verdictBar() {
    const note = el('textarea', { id: 'note', rows: '1', maxlength: LONGEST_NOTE, placeholder: 'Note ( n )', 'aria-label': 'Note for the verdict' });
    note.value = item.verdict?.note ?? '';
    const reviewer = el('input', { id: 'reviewer', maxlength: '100', placeholder: 'Your name', 'aria-label': 'Reviewer', autocomplete: 'off',
      change: (event) => settings.write('reviewer', event.target.value.trim()) });
    reviewer.value = settings.read('reviewer', '');
    return el('div', { class: 'verdict', role: 'group', 'aria-label': 'Verdict' },
      el('div', { class: 'choices' }, VERDICTS.map(([value, key]) => el('button', { type: 'button', class: `choice v-${value}`, 'data-verdict': value, 'aria-pressed': String(item.verdict?.verdict?.toLowerCase() === value), click: () => judge(value) },
        words.verdict(value), ' ', el('kbd', { 'aria-hidden': 'true' }, key)))),
      el('div', { class: 'remarks' }, note, reviewer),
      el('p', { id: 'verdict-state', class: 'muted' }, verdictLine()));
  }

  function verdictLine() {
    const { verdict } = item;
    return !verdict ? 'No verdict yet.' : [verdictBadge(verdict), verdict.reviewer ? [' by ', name(verdict.reviewer)] : '', ` on ${words.moment(verdict.decided_at)}. A new verdict replaces it.`].flat();
  }

  function show() {
    root.replaceChildren(
      el('header', {},
        el('button', { type: 'button', id: 'back', class: 'quiet', click: onBack }, '← List'),
        severityBadge(item.severity), el('span', { class: 'action' }, String(item.action).toLowerCase()),
        el('span', {}, 'tenant ', name(item.tenant)), el('time', { datetime: words.iso(item.at) }, words.moment(item.at)),
        el('button', { type: 'button', id: 'uncover', class: 'quiet', click: toggle }, 'Show text ', el('kbd', {}, 's'))),
      verdictBar(),
      el('div', { class: 'columns' },
        el('div', {}, conversation(item), trace(item)),
        el('div', {}, scores(item), details(item))));
    root.scrollTop = 0;
    cover();
  }

  async function open(id) {
    wanted = id;
    reading?.abort();
    reading = new AbortController();
    const { signal } = reading;
    if (item?.id !== id) {
      root.setAttribute('aria-busy', 'true');
    }
    try {
      const answer = await get(`flagged/${encodeURIComponent(id)}`, {}, signal);
      if (wanted !== id) return;
      shown = shown && item?.id === id;
      item = answer;
      show();
    } catch (error) {
      if (signal.aborted) return;
      item = null;
      root.replaceChildren(el('p', { class: 'empty' }, error.status === 404 ? 'This answer is not kept any more: it is older than moderation.retention_hours, or its id is wrong.' : 'This answer could not be read.'));
      if (error.status !== 404) onFailure(error, () => open(id));
    } finally {
      if (wanted === id) root.setAttribute('aria-busy', 'false');
    }
  }

  function close() {
    wanted = null;
    item = null;
    reading?.abort();
    root.replaceChildren(el('p', { class: 'empty' }, 'Choose an answer from the list, or press ', el('kbd', {}, 'j'), '.'));
  }

  function judge(value) {
    if (!item) return;
    const note = byId('note').value.trim();
    publish(item.id, { verdict: value, reviewer: byId('reviewer').value.trim(), note: note === '' ? null : note });
  }

  /** Of this answer, whichever is shown when it is tried again. */
  async function publish(id, said) {
    if (root.classList.contains('saving')) return;
    root.classList.add('saving');
    if (item?.id === id) byId('verdict-state').textContent = 'Publishing…';
    try {
      const answer = await post(`flagged/${encodeURIComponent(id)}/verdict`, said);
      onVerdict(id, answer.verdict);
    } catch (error) {
      if (item?.id === id) byId('verdict-state').textContent = 'The verdict was not published.';
      onFailure(error, () => publish(id, said), false);
    } finally {
      root.classList.remove('saving');
    }
  }

  /** Somebody, here or elsewhere, said something of an item. */
  function judged(id, verdict) {
    if (item?.id !== id) return;
    item = { ...item, verdict };
    byId('verdict-state').replaceChildren(...[verdictLine()].flat(2));
    for (const choice of root.querySelectorAll('.choice')) {
      choice.setAttribute('aria-pressed', String(choice.dataset.verdict === verdict?.verdict.toLowerCase()));
    }
  }

  byId('cover').checked = settings.read('cover', 'true') === 'true';
  byId('cover').addEventListener('change', () => {
    settings.write('cover', String(covering()));
    document.body.classList.toggle('covering', covering());
    cover();
  });
  document.body.classList.toggle('covering', covering());
  close();
  return { open, close, judge, judged, toggle, id: () => wanted };
}
