// A chart over time: stacked bars or lines. The values under the cursor stand in its legend; with the focus on it, the
// arrows move the cursor, and the values are read out.

import { el, svg } from './dom.js';
import { name, visibleText } from './visible.js';
import { time } from './words.js';

const HEIGHT = 168;
const LEFT = 46;
const RIGHT = 10;
const TOP = 8;
const BOTTOM = 22;

/** 1, 2 or 5 times a power of ten: how far apart at most {@code count} lines of a scale are. */
export function niceStep(range, count) {
  const rough = Math.max(range, 1e-12) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  return [1, 2, 5, 10].map((factor) => factor * power).find((step) => step >= rough * (1 - 1e-9));
}

/** A line's path, with a gap where there is no value; a value alone gets a short stroke. */
function path(points) {
  let text = '';
  let open = false;
  for (const point of points) {
    if (point === null) {
      open = false;
    } else {
      text += `${open ? 'L' : 'M'}${point[0].toFixed(1)} ${point[1].toFixed(1)}${open ? '' : 'h0.01'}`;
      open = true;
    }
  }
  return text;
}

/**
 * @param figure gets the chart behind its caption
 * @param options kind: "bars" (stacked) or "lines"; format: a value's text; least: the least that the scale reaches;
 *     nothing: what stands there when all values are 0
 */
export function timeChart(figure, options) {
  const title = figure.querySelector('figcaption').textContent.trim();
  const plot = el('div', { class: 'plot', role: 'slider', tabindex: '0', 'aria-label': title, 'aria-valuemin': '0', 'aria-valuemax': '0', 'aria-valuenow': '0' });
  const legend = el('ul', { class: 'legend' });
  const nothing = el('p', { class: 'empty', hidden: true }, options.nothing);
  figure.append(plot, nothing, legend);
  let data = { times: [], series: [] };
  let cursor = null; // index of the value that is looked at; null: the newest with a value
  let line = null;

  const newest = () => data.times.length - 1;
  const width = () => Math.max(220, plot.clientWidth);
  const x = (index) => LEFT + ((index + 0.5) * (width() - LEFT - RIGHT)) / Math.max(1, data.times.length);

  function scaleTop() {
    const heights = data.times.map((_, i) => {
      const values = data.series.map((one) => one.values[i] ?? 0);
      return options.kind === 'bars' ? values.reduce((a, b) => a + b, 0) : Math.max(0, ...values);
    });
    return Math.max(options.least, ...heights);
  }

  function draw() {
    const step = niceStep(scaleTop(), 4);
    const top = step * Math.ceil(scaleTop() / step - 1e-9);
    const y = (value) => TOP + (HEIGHT - TOP - BOTTOM) * (1 - value / top);
    const drawing = svg('svg', { width: width(), height: HEIGHT, 'aria-hidden': 'true' });
    for (let value = 0; value <= top + step / 2; value += step) {
      drawing.append(
        svg('line', { class: 'grid', x1: LEFT, x2: width() - RIGHT, y1: y(value), y2: y(value) }),
        svg('text', { class: 'tick', x: LEFT - 8, y: y(value) + 4, 'text-anchor': 'end' }, options.format(value).replace(/\.0+(?=\D|$)/, '')));
    }
    const every = Math.ceil(data.times.length / Math.max(2, Math.floor(width() / 90)));
    for (let i = Math.floor(every / 2); i < data.times.length; i += every) {
      drawing.append(svg('text', { class: 'tick', x: x(i), y: HEIGHT - 5, 'text-anchor': 'middle' }, time(data.times[i])));
    }
    if (options.kind === 'bars') {
      drawing.append(...bars(y));
    } else {
      data.series.forEach((one, rank) => drawing.append(svg('path', {
        class: `line series-${rank}`,
        d: path(one.values.map((value, i) => (typeof value === 'number' ? [x(i), y(value)] : null))),
      })));
    }
    line = svg('line', { class: 'cursor', y1: TOP, y2: HEIGHT - BOTTOM });
    drawing.append(line);
    plot.replaceChildren(drawing);
  }

  function bars(y) {
    const thick = Math.max(1, Math.min(24, ((width() - LEFT - RIGHT) / Math.max(1, data.times.length)) * 0.72));
    const below = data.times.map(() => 0);
    return data.series.map((one, rank) => {
      let d = '';
      one.values.forEach((value, i) => {
        if (value > 0) {
          d += `M${(x(i) - thick / 2).toFixed(1)} ${y(below[i]).toFixed(1)}h${thick.toFixed(1)}V${y(below[i] + value).toFixed(1)}h${(-thick).toFixed(1)}z`;
          below[i] += value;
        }
      });
      return svg('path', { class: `column series-${rank}`, d });
    });
  }

  function key(rank) {
    const shape = options.kind === 'bars'
      ? svg('rect', { class: `column series-${rank}`, width: 12, height: 12, y: 1, rx: 2 })
      : svg('path', { class: `line series-${rank}`, d: 'M0 7H22' });
    return svg('svg', { class: 'swatch', width: options.kind === 'bars' ? 12 : 22, height: 14, 'aria-hidden': 'true' }, shape);
  }

  function tell() {
    const at = cursor ?? newest();
    line.setAttribute('visibility', cursor === null ? 'hidden' : 'visible');
    line.setAttribute('x1', x(at));
    line.setAttribute('x2', x(at));
    const values = data.series.map((one) => options.format(one.values[at] ?? (options.kind === 'bars' ? 0 : null)));
    legend.replaceChildren(
      el('li', { class: 'when' }, time(data.times[at])),
      ...data.series.map((one, rank) => el('li', {}, key(rank), name(one.name), el('b', {}, values[rank]))));
    plot.setAttribute('aria-valuemax', newest());
    plot.setAttribute('aria-valuenow', at);
    plot.setAttribute('aria-valuetext', `${time(data.times[at])}: ${data.series.map((one, i) => `${visibleText(one.name)} ${values[i]}`).join(', ')}`);
  }

  function refresh() {
    const empty = data.times.length === 0 || data.series.every((one) => one.values.every((value) => !value));
    plot.hidden = empty;
    legend.hidden = empty;
    nothing.hidden = !empty;
    if (!empty && plot.clientWidth > 0) {
      draw();
      tell();
    }
  }

  function look(index) {
    cursor = index === null ? null : Math.min(newest(), Math.max(0, index));
    if (line) tell();
  }

  plot.addEventListener('pointermove', (event) => {
    const inside = event.clientX - plot.getBoundingClientRect().left - LEFT;
    look(Math.floor((inside / (width() - LEFT - RIGHT)) * data.times.length));
  });
  plot.addEventListener('pointerleave', () => look(null));
  plot.addEventListener('blur', () => look(null));
  plot.addEventListener('keydown', (event) => {
    const from = cursor ?? newest();
    const to = { ArrowLeft: from - 1, ArrowRight: from + 1, Home: 0, End: newest() }[event.key];
    if (to !== undefined) {
      event.preventDefault();
      event.stopPropagation();
      look(to);
    }
  });
  new ResizeObserver(refresh).observe(figure);

  return {
    /** @param next {@code {times: [ms], series: [{name, values: [number or null]}]}} */
    show(next) {
      data = next;
      if (cursor !== null && cursor > newest()) cursor = null;
      refresh();
    },
  };
}
