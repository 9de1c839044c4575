// Bars that stand still: the distribution of scores, and counts by name.

import { el, svg } from './dom.js';
import { name } from './visible.js';
import { count, score } from './words.js';

const HEIGHT = 168;
const BOTTOM = 22;
const TOP = 20;

/** Heights by logarithm: the few high scores among the many low ones are what one looks for. */
export function histogram(figure) {
  const plot = el('div', { class: 'plot', role: 'slider', tabindex: '0', 'aria-label': 'Score distribution', 'aria-valuemin': '0', 'aria-valuemax': '0', 'aria-valuenow': '0' });
  const told = el('p', { class: 'legend' });
  const nothing = el('p', { class: 'empty', hidden: true }, 'No answer was scored in this time.');
  figure.append(plot, nothing, told);
  let data = { edges: [], counts: [] };
  let cursor = null;
  let marks = [];

  function tell() {
    marks.forEach((mark, i) => mark.classList.toggle('at', i === cursor));
    const at = cursor ?? data.counts.length - 1;
    const text = `${count(data.counts[at])} scores from ${score(data.edges[at])} to ${score(data.edges[at + 1])}`;
    const total = data.counts.reduce((a, b) => a + b, 0);
    told.textContent = cursor === null ? `${count(total)} scores; heights by logarithm` : text;
    plot.setAttribute('aria-valuemax', data.counts.length - 1);
    plot.setAttribute('aria-valuenow', at);
    plot.setAttribute('aria-valuetext', text);
  }

  function refresh() {
    const most = Math.max(0, ...data.counts);
    plot.hidden = most === 0;
    told.hidden = most === 0;
    nothing.hidden = most > 0;
    if (most === 0 || plot.clientWidth === 0) return;
    const width = Math.max(220, plot.clientWidth);
    const each = width / data.counts.length;
    const drawing = svg('svg', { width, height: HEIGHT, 'aria-hidden': 'true' });
    marks = data.counts.map((value, i) => {
      const tall = value === 0 ? 0 : Math.max(2, ((HEIGHT - TOP - BOTTOM) * Math.log1p(value)) / Math.log1p(most));
      return svg('rect', { class: 'column series-0', x: i * each + 1, width: Math.max(1, each - 2), y: HEIGHT - BOTTOM - tall, height: tall, rx: 1.5 });
    });
    drawing.append(svg('line', { class: 'grid', x1: 0, x2: width, y1: HEIGHT - BOTTOM, y2: HEIGHT - BOTTOM }), ...marks);
    for (const at of [0, 0.25, 0.5, 0.75, 1]) {
      const anchor = at === 0 ? 'start' : at === 1 ? 'end' : 'middle';
      drawing.append(svg('text', { class: 'tick', x: at * width, y: HEIGHT - 5, 'text-anchor': anchor }, score(at)));
    }
    plot.replaceChildren(drawing);
    tell();
  }

  function look(index) {
    cursor = index === null ? null : Math.min(data.counts.length - 1, Math.max(0, index));
    if (data.counts.length > 0) tell();
  }

  plot.addEventListener('pointermove', (event) => {
    const box = plot.getBoundingClientRect();
    look(Math.floor(((event.clientX - box.left) / box.width) * data.counts.length));
  });
  plot.addEventListener('pointerleave', () => look(null));
  plot.addEventListener('blur', () => look(null));
  plot.addEventListener('keydown', (event) => {
    const from = cursor ?? data.counts.length - 1;
    const to = { ArrowLeft: from - 1, ArrowRight: from + 1, Home: 0, End: data.counts.length - 1 }[event.key];
    if (to !== undefined) {
      event.preventDefault();
      event.stopPropagation();
      look(to);
    }
  });
  new ResizeObserver(refresh).observe(figure);

  return {
    /** @param next {@code {edges, counts}}, one edge more than counts */
    show(next) {
      data = next ?? { edges: [], counts: [] };
      cursor = null;
      refresh();
    },
  };
}

/** A bar whose length is a share of its track's; the number beside it says the same. */
export function meter(share, kind, limit = null) {
  const track = el('span', { class: `meter ${kind}`, 'aria-hidden': 'true' }, el('span', { class: 'filled' }));
  track.firstChild.style.setProperty('width', `${(100 * Math.min(1, Math.max(0, share))).toFixed(1)}%`);
  if (typeof limit === 'number') {
    const tick = el('span', { class: 'limit' });
    tick.style.setProperty('left', `${(100 * Math.min(1, Math.max(0, limit))).toFixed(1)}%`);
    track.append(tick);
  }
  return track;
}

/** Names with their counts, the most frequent first. */
export function ranking(counts, kind) {
  const rows = Object.entries(counts ?? {}).filter(([, value]) => value > 0).sort((a, b) => b[1] - a[1]);
  const most = Math.max(1, ...rows.map(([, value]) => value));
  return el('ul', { class: 'ranking' }, rows.map(([label, value]) => el('li', {}, name(label.toLowerCase().replaceAll('_', ' ')), meter(value / most, kind), el('b', {}, count(value)))));
}
