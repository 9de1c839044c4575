// Numbers and times as people read them.

const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const short = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 });
const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
const clockWithSeconds = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' });
const day = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium', hourCycle: 'h23' });

const isNumber = (value) => typeof value === 'number' && Number.isFinite(value);

export function count(value) {
  return !isNumber(value) ? '–' : value >= 10_000 ? short.format(value) : value % 1 === 0 ? whole.format(value) : value.toFixed(value < 10 ? 1 : 0);
}

export function percent(share) {
  return !isNumber(share) ? '–' : `${(100 * share).toFixed(share < 0.1 && share > 0 ? 1 : 0)}%`;
}

/** @param value milliseconds */
export function duration(value) {
  return !isNumber(value) ? '–' : value < 1000 ? `${whole.format(value)} ms` : `${(value / 1000).toFixed(value < 10_000 ? 2 : 1)} s`;
}

/** With its sign, and a minus that is as wide as a plus. */
export function signed(value) {
  return !isNumber(value) ? '–' : `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(2)}`;
}

export function score(value) {
  return !isNumber(value) ? '–' : value.toFixed(2);
}

const isTime = (at) => isNumber(at) && Math.abs(at) <= 8.64e15;

/** @param at epoch milliseconds; so for all below */
export function time(at) {
  return isTime(at) ? clock.format(at) : '–';
}

export function timeWithSeconds(at) {
  return isTime(at) ? clockWithSeconds.format(at) : '–';
}

export function moment(at) {
  return isTime(at) ? day.format(at) : '–';
}

/** For the attribute of a time element. */
export function iso(at) {
  return isTime(at) ? new Date(at).toISOString() : null;
}

export function ago(at, now = Date.now()) {
  const seconds = Math.max(0, Math.round((now - at) / 1000));
  if (seconds < 60) return 'now';
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h`;
  return `${Math.floor(seconds / 86_400)} d`;
}

const SEVERITIES = { 0: 'safe', 2: 'low', 4: 'medium', 6: 'high' };

export function severity(level) {
  return SEVERITIES[level] ?? String(level);
}

const VERDICTS = { toxic: 'Toxic', not_toxic: 'Not toxic', unsure: 'Unsure' };

export function verdict(value) {
  const key = String(value).toLowerCase();
  return Object.hasOwn(VERDICTS, key) ? VERDICTS[key] : String(value);
}
