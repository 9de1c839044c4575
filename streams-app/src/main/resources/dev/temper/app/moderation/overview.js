// Numbers over time: tiles and charts of one read of the server.

import { get } from './api.js';
import { histogram, ranking } from './bars.js';
import { timeChart } from './chart.js';
import { byId, el } from './dom.js';
import { offer, visibleText } from './visible.js';
import { ago, count, duration, percent, timeWithSeconds } from './words.js';

/** Lines that still can be told apart. */
const MOST_LINES = 6;
const MOST_POINTS = 60;
const STALE_MS = 30_000;
const MINUTE_MS = 60_000;

/** How long a bucket has lasted so far: the newest is not full yet. */
function minutes(bucket, overview) {
  const lasted = Math.min(bucket.steps * overview.step_ms, overview.now - bucket.at);
  return Math.max(lasted, 5_000) / MINUTE_MS;
}

/** Neighbours in one, where there are more than a chart shows well. */
function coarser(series) {
  const together = Math.ceil(series.length / MOST_POINTS);
  const sums = [];
  for (let i = 0; i < series.length; i += together) {
    const sum = { at: series[i].at, steps: 0, results: 0, flagged: 0, rejects: 0, byCategory: new Map(), byTenant: new Map(), ofTenant: new Map() };
    for (const bucket of series.slice(i, i + together)) {
      sum.steps += 1;
      for (const field of ['results', 'flagged', 'rejects']) sum[field] += bucket[field];
      add(sum.byCategory, bucket.flagged_by_category);
      add(sum.byTenant, bucket.flagged_by_tenant);
      add(sum.ofTenant, bucket.results_by_tenant);
    }
    sums.push(sum);
  }
  return sums;
}

function add(sums, counts) {
  for (const [key, value] of Object.entries(counts ?? {})) sums.set(key, (sums.get(key) ?? 0) + value);
}

/** @param whole what a bucket's flagged answers of a name are a share of; nothing is a gap. Of the names with most. */
function shares(series, field, whole) {
  const totals = new Map();
  for (const bucket of series) add(totals, Object.fromEntries(bucket[field]));
  return [...totals].sort((a, b) => b[1] - a[1]).slice(0, MOST_LINES).map(([key]) => ({
    name: key,
    values: series.map((bucket) => (whole(bucket, key) > 0 ? (bucket[field].get(key) ?? 0) / whole(bucket, key) : null)),
  }));
}

function someOf(counts, kind) {
  const rows = ranking(counts, kind);
  return rows.children.length > 0 ? rows : el('p', { class: 'muted' }, 'None was.');
}

function tile(title, value, detail, kind = '') {
  return el('div', { class: `tile ${kind}` }, el('dt', {}, title), el('dd', {}, el('b', {}, value), el('span', { class: 'muted' }, detail)));
}

/** @param onRead gets each answer of the server, @param onFailure each failure */
export function overviewView(onRead, onFailure) {
  const charts = {
    throughput: timeChart(byId('throughput'), { kind: 'bars', format: count, least: 1, nothing: 'No prompt was answered in this time.' }),
    latency: timeChart(byId('latency'), { kind: 'lines', format: duration, least: 1, nothing: 'No prompt was answered in this time.' }),
    byCategory: timeChart(byId('by-category'), { kind: 'lines', format: percent, least: 0.01, nothing: 'Nothing was flagged in this time.' }),
    byTenant: timeChart(byId('by-tenant'), { kind: 'lines', format: percent, least: 0.01, nothing: 'Nothing was flagged in this time.' }),
    scores: histogram(byId('scores')),
  };
  let last = null;
  let readAt = 0;
  let asked = 0;

  function tiles(overview) {
    const { results, flagged, rejects } = overview.totals;
    // Since the first answer: what came before it, nobody measured.
    const first = overview.series.find((bucket) => bucket.results > 0)?.at ?? overview.from;
    const span = Math.max(1, (overview.now - first) / MINUTE_MS);
    const latency = overview.latency_ms;
    byId('tiles').replaceChildren(
      tile('Answers', count(results), `${count(results / span)} a minute on average`),
      tile('Flagged', count(flagged), results > 0 ? `${percent(flagged / results)} of answers` : 'no answers yet', 'toxic'),
      tile('Latency, p95', duration(latency.p95), `p50 ${duration(latency.p50)}, p99 ${duration(latency.p99)}`),
      tile('Rejected', count(rejects), results + rejects > 0 ? `${percent(rejects / (results + rejects))} of prompts` : 'no prompts yet'));
  }

  function scores() {
    charts.scores.show(last.score_histogram?.[byId('score-category').value]);
  }

  function show(overview) {
    last = overview;
    tiles(overview);
    const series = coarser(overview.series);
    const times = series.map((bucket) => bucket.at);
    const perMinute = (of) => series.map((bucket) => of(bucket) / minutes(bucket, overview));
    charts.throughput.show({ times, series: [
      { name: 'passed', values: perMinute((bucket) => Math.max(0, bucket.results - bucket.flagged)) },
      { name: 'flagged', values: perMinute((bucket) => bucket.flagged) },
      { name: 'rejected', values: perMinute((bucket) => bucket.rejects) },
    ] });
    // Quantiles cannot be added.
    charts.latency.show({ times: overview.series.map((bucket) => bucket.at), series: ['p50', 'p95', 'p99'].map((which) => ({ name: which, values: overview.series.map((bucket) => bucket.latency_ms?.[which] ?? null) })) });
    charts.byCategory.show({ times, series: shares(series, 'byCategory', (bucket) => bucket.results) });
    charts.byTenant.show({ times, series: shares(series, 'byTenant', (bucket, tenant) => bucket.ofTenant.get(tenant) ?? 0) });
    offer(byId('overview-tenant'), overview.tenants ?? []);
    offer(byId('score-category'), Object.keys(overview.score_histogram ?? {}));
    scores();
    byId('outcome-bars').replaceChildren(
      el('h4', {}, 'What the policy did with flagged answers'), someOf(overview.actions, 'toxic'),
      el('h4', {}, 'Why prompts were rejected'), someOf(overview.rejects_by_reason, 'plain'));
    reach(overview.instances ?? []);
  }

  function reach(instances) {
    const away = instances.filter((instance) => !instance.reachable);
    const line = byId('instances');
    line.classList.toggle('bad', away.length > 0);
    line.textContent = instances.length < 2 && away.length === 0 ? ''
      : away.length === 0 ? `${instances.length} instances`
        : `${away.length} of ${instances.length} instances do not answer, their part is missing: ${visibleText(away[0].url)} ${visibleText(away[0].error)}`;
  }

  async function read() {
    const turn = ++asked;
    byId('overview').setAttribute('aria-busy', String(last === null));
    try {
      const overview = await get('overview', { minutes: byId('minutes').value, tenant: byId('overview-tenant').value });
      if (turn !== asked) return; // asked again since, for something else
      readAt = Date.now();
      byId('overview').setAttribute('aria-busy', 'false');
      show(overview);
      onRead(overview);
      age();
    } catch (error) {
      if (turn === asked) onFailure(error, read);
    }
  }

  function age() {
    if (readAt === 0) return;
    const old = Date.now() - readAt > STALE_MS;
    byId('overview').classList.toggle('stale', old);
    byId('fresh').classList.toggle('bad', old);
    byId('fresh').textContent = old ? `Stale: from ${timeWithSeconds(readAt)}, ${ago(readAt)} ago` : `As of ${timeWithSeconds(readAt)}`;
  }

  byId('minutes').addEventListener('change', read);
  byId('overview-tenant').addEventListener('change', read);
  byId('score-category').addEventListener('change', scores);
  setInterval(age, 5_000);
  return { read };
}
