// The margin trace: each token on its side of the subspace's boundary, below 0 toward the toxic side. Colour is one sign
// of it; the bars' direction, the underline and the number are others.

import { el, svg } from './dom.js';
import { visible, visibleText } from './visible.js';
import { signed } from './words.js';

const LEVELS = 4;
const BARS_HEIGHT = 72;
const MOST_WORDS = 5;

const usable = (margin) => typeof margin === 'number' && Number.isFinite(margin);

function side(margin) {
  return !usable(margin) ? 'no margin' : margin < 0 ? 'toward the toxic side' : 'away from the toxic side';
}

/** Scripts that put no spaces between words: there each token stands for itself. */
const UNSPACED = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;

/** Runs of tokens without a space between them, each with its lowest margin: {@code [{from, to, text, margin}]}. */
export function wordsOf(tokens, subspace) {
  const found = [];
  tokens.forEach((token, i) => {
    // A comma pulls nowhere that a reader could see.
    const margin = /^\p{P}+$/u.test(token.text.trim()) ? null : token.margins?.[subspace];
    const last = found.at(-1);
    if (last && !/^\s/u.test(token.text) && !UNSPACED.test(token.text) && !/\s$/u.test(tokens[i - 1].text)) {
      last.to = i;
      last.text += token.text;
      if (usable(margin) && (last.margin === null || margin < last.margin)) Object.assign(last, { margin, lowest: i });
    } else {
      found.push({ from: i, to: i, lowest: i, text: token.text, margin: usable(margin) ? margin : null });
    }
  });
  return found.filter((word) => word.margin !== null && word.text.trim() !== '');
}

/** Without the punctuation around it. */
function bare(word) {
  return word.trim().replace(/^\p{P}+(?=[^\p{P}])|(?<=[^\p{P}])\p{P}+$/gu, '');
}

function drawing(tokens, margins, scale) {
  const each = 1000 / tokens.length;
  const middle = BARS_HEIGHT / 2;
  const paths = { pull: '', push: '' };
  margins.forEach((margin, i) => {
    if (usable(margin) && margin !== 0) {
      const end = middle - (margin / scale) * (middle - 4);
      paths[margin < 0 ? 'pull' : 'push'] += `M${(i * each).toFixed(2)} ${middle}V${end.toFixed(1)}h${(each * 0.82).toFixed(2)}V${middle}z`;
    }
  });
  const at = svg('rect', { class: 'at', width: (each * 0.82).toFixed(2), height: BARS_HEIGHT, y: 0 });
  const image = svg('svg', { class: 'trace-bars', viewBox: `0 0 1000 ${BARS_HEIGHT}`, 'aria-hidden': 'true' }, at,
    svg('path', { class: 'push', d: paths.push }), svg('path', { class: 'pull', d: paths.pull }),
    svg('line', { class: 'zero', x1: 0, x2: 1000, y1: middle, y2: middle }));
  image.setAttribute('preserveAspectRatio', 'none');
  return { image, look: (i) => at.setAttribute('x', i * each) };
}

function legend(scale) {
  const steps = [];
  for (let level = LEVELS; level > 0; level--) steps.push(el('span', { class: `token pull-${level}` }, ' '));
  for (let level = 1; level <= LEVELS; level++) steps.push(el('span', { class: `token push-${level}` }, ' '));
  return el('p', { class: 'trace-legend' }, el('span', {}, `toxic side, ${signed(-scale)}`), el('span', { class: 'steps', 'aria-hidden': 'true' }, steps), el('span', {}, `${signed(scale)}, other side`));
}

/**
 * The trace of one subspace, as a list of nodes.
 *
 * @param tokens {@code [{text, margins: {subspace: number}}]}
 */
export function traceStrip(tokens, subspace) {
  const margins = tokens.map((token) => token.margins?.[subspace]);
  const scale = Math.max(1e-6, ...margins.filter(usable).map(Math.abs));
  const bars = drawing(tokens, margins, scale);
  const told = el('p', { class: 'trace-told' });
  const shown = tokens.map((token, i) => {
    const margin = margins[i];
    const level = usable(margin) ? Math.ceil((Math.abs(margin) / scale) * LEVELS) : 0;
    const kind = level === 0 ? '' : margin < 0 ? `pull-${level}` : `push-${level}`;
    // Between two words no colour, so that the underlines end where the words do.
    const space = /^\s+(?=\S)/u.exec(token.text)?.[0] ?? '';
    return [space, el('span', { class: `token ${kind}`, 'data-index': i }, token.text === '' ? '▫' : visible(token.text.slice(space.length)))];
  });
  const marks = shown.map(([, mark]) => mark);
  const strip = el('div', { class: 'strip', id: 'strip', role: 'slider', tabindex: '0', dir: 'auto', 'aria-label': 'Margin of each token', 'aria-valuemin': '1', 'aria-valuemax': tokens.length, 'aria-valuenow': '1' }, shown);
  let at = 0;

  function look(index) {
    marks[at].classList.remove('at');
    at = Math.min(tokens.length - 1, Math.max(0, index));
    marks[at].classList.add('at');
    bars.look(at);
    const text = tokens[at].text;
    told.replaceChildren(el('span', { class: 'muted' }, `Token ${at + 1} of ${tokens.length} `),
      el('q', {}, el('bdi', {}, text === '' ? 'a part of a character' : visible(text))),
      el('b', { class: margins[at] < 0 ? 'toxic' : 'safe' }, ` ${signed(margins[at])}`), ` ${side(margins[at])}`);
    strip.setAttribute('aria-valuenow', at + 1);
    strip.setAttribute('aria-valuetext', `${visibleText(text)}: ${signed(margins[at])}, ${side(margins[at])}`);
  }

  strip.addEventListener('pointerover', (event) => {
    const token = event.target.closest('.token');
    if (token) look(Number(token.dataset.index));
  });
  strip.addEventListener('click', (event) => {
    const token = event.target.closest('.token');
    if (token) look(Number(token.dataset.index));
  });
  strip.addEventListener('keydown', (event) => {
    const to = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: tokens.length - 1 }[event.key];
    if (to !== undefined) {
      event.preventDefault();
      event.stopPropagation();
      look(to);
      marks[at].scrollIntoView({ block: 'nearest' });
    }
  });
  bars.image.addEventListener('pointermove', (event) => {
    const box = bars.image.getBoundingClientRect();
    look(Math.floor(((event.clientX - box.left) / box.width) * tokens.length));
  });

  const pulled = wordsOf(tokens, subspace).filter((word) => word.margin < 0).sort((a, b) => a.margin - b.margin).slice(0, MOST_WORDS);
  const words = pulled.length === 0 ? null : el('div', { class: 'pulled' }, el('span', { class: 'muted' }, 'Pulled most: '),
    pulled.map((word) => el('button', { type: 'button', class: 'chip', click: () => look(word.lowest) }, el('bdi', {}, visible(bare(word.text))), ' ', el('b', { class: 'toxic' }, signed(word.margin)))));
  const lowest = margins.reduce((best, margin, i) => (usable(margin) && !(margin >= margins[best]) ? i : best), 0);
  look(lowest);
  return [bars.image, strip, legend(scale), told, words].filter((node) => node !== null);
}
