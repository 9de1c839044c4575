// The page: which view is shown, what the live connection says, what to do when something fails.

import { hasToken, useToken } from './api.js';
import { announce, byId, settings } from './dom.js';
import { itemView } from './item.js';
import { listenToKeys } from './keys.js';
import { Live } from './live.js';
import { overviewView } from './overview.js';
import { queueView } from './queue.js';
import * as words from './words.js';

/** At most one read of the server in this time, however much happens. */
const QUEUE_EVERY_MS = 1_000;
const OVERVIEW_EVERY_MS = 5_000;
const TRY_AGAIN_MS = 5_000;
/** An event may come a moment before the list has what it tells of. */
const LOOK_AGAIN_MS = 1_500;
const POLL_MS = 10_000;

let retry = null;
let retryTimer = 0;

/** @param unasked whether it may be tried again by itself */
function failed(error, again, unasked = true) {
  if (error.status === 401) {
    askForToken();
    return;
  }
  retry = again;
  byId('problem-text').textContent = error.message;
  byId('problem').hidden = false;
  clearTimeout(retryTimer);
  if ((error.status === 503 || error.status === 0) && unasked) {
    retryTimer = setTimeout(tryAgain, TRY_AGAIN_MS); // this passes
  }
}

function tryAgain() {
  const again = retry;
  dismiss();
  again?.();
}

function dismiss() {
  clearTimeout(retryTimer);
  retry = null;
  byId('problem').hidden = true;
}

function askForToken() {
  const dialog = byId('token-dialog');
  byId('token-error').hidden = !hasToken();
  if (!dialog.open) dialog.showModal();
}

/** Runs at once, then at most once in a time, and once more for what came meanwhile. */
function atMostEvery(ms, task) {
  let timer = 0;
  let due = false;
  const run = () => {
    due = false;
    timer = setTimeout(() => {
      timer = 0;
      if (due) run();
    }, ms);
    task();
  };
  return () => {
    if (timer) due = true;
    else run();
  };
}

const narrow = matchMedia('(max-width: 820px)');
const shownView = () => (byId('review').hidden ? 'overview' : 'review');

const overview = overviewView((answer) => queue.offer(answer.tenants ?? [], answer.categories ?? []), failed);
const item = itemView((id, verdict) => {
  judged(id, verdict);
  const next = queue.nextOpen(id);
  announce(`${words.verdict(verdict.verdict)}. ${next ? 'Next answer.' : 'No more answers wait for a verdict in this list.'}`);
  if (next) queue.select(next.id, true);
}, backToList, failed);
const queue = queueView((id, asks) => {
  if (narrow.matches && !asks) return; // on a phone the selection alone opens nothing
  const target = `#/review/${encodeURIComponent(id)}`;
  if (item.id() === null) history.pushState(null, '', target);
  else history.replaceState(null, '', target);
  route();
}, (answer) => {
  const count = byId('open-count');
  count.hidden = !(answer.open > 0);
  count.textContent = words.count(answer.open);
}, failed);

function judged(id, verdict) {
  queue.judged(id, verdict);
  item.judged(id, verdict);
}

const refreshQueue = atMostEvery(QUEUE_EVERY_MS, () => queue.refresh());
const refreshOverview = atMostEvery(OVERVIEW_EVERY_MS, () => {
  if (shownView() === 'overview' && !document.hidden) overview.read();
});

/** Shows what the address says. */
function route() {
  const [, view, id] = location.hash.split('/');
  const review = view === 'review';
  byId('overview').hidden = review;
  byId('review').hidden = !review;
  byId('to-overview').toggleAttribute('aria-current', !review);
  byId('to-review').toggleAttribute('aria-current', review);
  document.body.classList.toggle('item-open', review && Boolean(id));
  document.title = `${review ? 'Review' : 'Overview'} · Temper moderation`;
  if (review && id) {
    const wanted = decodeURIComponent(id);
    if (queue.selected() !== wanted) queue.select(wanted, true);
    if (item.id() !== wanted) item.open(wanted);
  } else {
    item.close();
  }
  if (!review) refreshOverview();
}

const LIVE = { connecting: 'Connecting', live: 'Live', waiting: 'Disconnected', refused: 'Token needed' };
let state = '';

function connection(next, detail, why = '') {
  if (next === 'refused') failed(detail);
  if (next === 'live') { // what was missed meanwhile
    if (state === 'waiting') dismiss();
    refreshQueue();
    refreshOverview();
  }
  const shown = next === 'connecting' && state === 'waiting' ? 'waiting' : next;
  if (shown !== state && (state === 'live' || (shown === 'live' && state === 'waiting'))) {
    announce(shown === 'live' ? 'Connected again' : 'Disconnected: what is shown may be old');
  }
  state = shown;
  byId('live').dataset.state = shown;
  byId('live-text').textContent = LIVE[shown];
  byId('live').title = next === 'waiting' ? `${why} Next try in ${Math.ceil(detail / 1000)} s; click to try now`.trim() : '';
  document.body.classList.toggle('offline', shown !== 'live');
}

let lookAgain = 0;

const live = new Live((type, data) => {
  if (type === 'flagged') {
    refreshQueue();
    clearTimeout(lookAgain);
    lookAgain = setTimeout(refreshQueue, LOOK_AGAIN_MS);
    refreshOverview();
  } else if (type === 'verdict') {
    judged(data.id, data.verdict);
    refreshQueue();
  } else if (type === 'overview') {
    refreshOverview();
  }
}, connection);

const THEMES = { system: 'dark', dark: 'light', light: 'system' };

function theme(chosen) {
  if (chosen === 'system') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = chosen;
  byId('theme').lastChild.textContent = { system: 'auto', dark: 'dark', light: 'light' }[chosen];
  byId('theme').setAttribute('aria-label', `Theme: ${chosen}. Change to ${THEMES[chosen]}`);
}

byId('theme').addEventListener('click', () => {
  const next = THEMES[document.documentElement.dataset.theme ?? 'system'];
  settings.write('theme', next);
  theme(next);
});
byId('problem-retry').addEventListener('click', tryAgain);
byId('problem-close').addEventListener('click', dismiss);
byId('live').addEventListener('click', () => live.connect());
byId('token-form').addEventListener('submit', (event) => {
  event.preventDefault();
  useGivenToken();
});

function useGivenToken() {
  const given = byId('token').value.trim();
  if (given === '') return;
  useToken(given);
  byId('token').value = '';
  byId('token-dialog').close();
  dismiss();
  live.connect();
}

function goTo(hash) {
  if (location.hash !== hash) location.hash = hash;
}

function backToList() {
  goTo('#/review');
  byId('list').focus();
}

const inReview = (task) => () => {
  if (shownView() === 'review') task();
};

listenToKeys({
  j: inReview(() => queue.move(1, document.body.classList.contains('item-open'))),
  k: inReview(() => queue.move(-1, document.body.classList.contains('item-open'))),
  1: inReview(() => item.judge('toxic')),
  2: inReview(() => item.judge('not_toxic')),
  3: inReview(() => item.judge('unsure')),
  n: inReview(() => byId('note')?.focus()),
  s: inReview(() => item.toggle()),
  t: inReview(() => byId('strip')?.focus()),
  o: () => goTo('#/overview'),
  r: () => goTo('#/review'),
  '/': () => {
    goTo('#/review');
    route();
    byId('search').focus();
  },
  '?': () => byId('help-dialog').showModal(),
  Escape: (leftField) => {
    if (!byId('problem').hidden) dismiss();
    else if (!leftField && document.body.classList.contains('item-open')) {
      backToList();
    }
  },
});
byId('list').addEventListener('keydown', (event) => {
  if (event.key === 'Enter' && queue.selected() !== null) queue.select(queue.selected(), true);
});

addEventListener('hashchange', route);
addEventListener('popstate', route);
// Without a connection one still sees what is, only later.
setInterval(() => {
  if (state === 'waiting' && !document.hidden) {
    refreshQueue();
    refreshOverview();
  }
}, POLL_MS);
document.addEventListener('visibilitychange', () => {
  if (!document.hidden) refreshOverview();
});
theme(document.documentElement.dataset.theme ?? 'system');
document.body.classList.add('offline');
byId('more-filters').addEventListener('toggle', () => overview.read()); // which tenants and categories there are by now
queue.load();
route();
if (shownView() === 'review') overview.read(); // for the names in its filters
live.connect();
