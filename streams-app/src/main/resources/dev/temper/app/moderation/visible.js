// Text by strangers, made harmless to read: what has no shape of its own or turns its neighbours around is written out.

import { el } from './dom.js';

/** Controls but for tab and line feed; formats (bidi, zero width, tags); separators; what fonts draw as nothing; halves of pairs. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Default_Ignorable_Code_Point}\u2800]/u;
/** A pile of more marks on one letter than any language writes would reach into the lines around. */
const PILE = /\p{M}{6,}/u;
const PARTS = new RegExp(`(?:(${UNSEEN.source})\\1*)|(${PILE.source})`, 'gu');

const NAMES = {
  0x00ad: 'soft hyphen', 0x061c: 'Arabic letter mark', 0x200b: 'zero width space', 0x200c: 'zero width non-joiner',
  0x200d: 'zero width joiner', 0x200e: 'left-to-right mark', 0x200f: 'right-to-left mark', 0x2028: 'line separator',
  0x2029: 'paragraph separator', 0x202a: 'left-to-right embedding', 0x202b: 'right-to-left embedding',
  0x202c: 'pop directional formatting', 0x202d: 'left-to-right override', 0x202e: 'right-to-left override',
  0x2060: 'word joiner', 0x2066: 'left-to-right isolate', 0x2067: 'right-to-left isolate',
  0x2068: 'first strong isolate', 0x2069: 'pop directional isolate', 0xfeff: 'byte order mark',
};

/** Pictures are made of these: shown as themselves beside a picture. */
function belongsToPicture(text, at, code) {
  const before = [...text.slice(Math.max(0, at - 2), at)].at(-1) ?? '';
  return (code === 0x200d || code === 0xfe0f) && /\p{Extended_Pictographic}|\p{Emoji_Modifier}|\ufe0f/u.test(before);
}

function mark(code, count) {
  const name = `U+${code.toString(16).toUpperCase().padStart(4, '0')}`;
  const text = count > 1 ? `${name} ×${count}` : name;
  return el('span', { class: 'unseen-character', title: NAMES[code] ?? 'a character without a shape' }, text);
}

/** Nodes that show the text as it is: a list for {@code el}. */
export function visible(text) {
  const whole = String(text ?? '');
  const nodes = [];
  let shown = 0;
  for (const found of whole.matchAll(PARTS)) {
    const code = found[0].codePointAt(0);
    if (code === 0x09 || code === 0x0a || belongsToPicture(whole, found.index, code)) {
      continue;
    }
    if (found[2] !== undefined) {
      const marks = [...found[2]];
      const kept = marks.slice(0, 3).join('');
      nodes.push(whole.slice(shown, found.index) + kept,
        el('span', { class: 'unseen-character', title: 'marks piled on one letter' }, `+${marks.length - 3} marks`));
    } else {
      nodes.push(whole.slice(shown, found.index), mark(code, [...found[0]].length));
    }
    shown = found.index + found[0].length;
  }
  nodes.push(whole.slice(shown));
  return nodes;
}

/** The same as a string, for attributes. */
export function visibleText(text) {
  return visible(text).map((node) => (typeof node === 'string' ? node : `[${node.textContent}]`)).join('');
}

/** A name of somebody's choice within our own words. */
export function name(text) {
  return el('bdi', { class: 'name' }, visible(text));
}

/** Options of a select, by names that strangers chose; what is chosen stays chosen. */
export function offer(select, names) {
  const first = select.options[0]?.value === '' ? select.options[0] : null;
  const chosen = select.value;
  const all = chosen && !names.includes(chosen) ? [...names, chosen] : names;
  select.replaceChildren(...(first ? [first] : []), ...all.map((value) => el('option', { value }, visibleText(value))));
  select.value = chosen;
  if (select.selectedIndex < 0) select.selectedIndex = 0;
}
