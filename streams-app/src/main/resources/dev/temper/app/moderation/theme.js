'use strict';
// Before the first paint, so that nothing flashes: the theme that was chosen, else the system's.
(() => {
  let chosen = null;
  try {
    chosen = localStorage.getItem('temper.theme');
  } catch {
    // Storage is switched off: the system's theme.
  }
  if (chosen === 'dark' || chosen === 'light') {
    document.documentElement.dataset.theme = chosen;
  }
})();
