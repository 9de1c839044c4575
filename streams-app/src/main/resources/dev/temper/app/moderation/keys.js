// The keyboard: one key for what is done a hundred times a day. Keys with Ctrl, Alt or Meta are the browser's.

import { byId, settings } from './dom.js';

const TEXT = 'input:not([type=radio]):not([type=checkbox]), textarea, select';

/** @param actions by key; Escape gets whether it has just left a field */
export function listenToKeys(actions) {
  // For whom single keys get in the way: speech input types them.
  const on = byId('keys-on');
  on.checked = settings.read('keys', 'true') === 'true';
  on.addEventListener('change', () => settings.write('keys', String(on.checked)));
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing || document.querySelector('dialog[open]')) {
      return;
    }
    const writing = event.target.matches?.(TEXT);
    if (event.key === 'Escape') {
      if (writing) event.target.blur();
      actions.Escape(Boolean(writing));
    } else if (!writing && (on.checked || event.key === '?') && Object.hasOwn(actions, event.key)) {
      event.preventDefault();
      actions[event.key]();
    }
  });
  byId('help').addEventListener('click', () => byId('help-dialog').showModal());
  byId('help-close').addEventListener('click', () => byId('help-dialog').close());
}
