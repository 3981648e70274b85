type Theme = 'light' | 'dark';
const KEY = 'latchkey-sandbox-theme';

/** Follows the system until the button is pressed; the choice is kept in this browser. */
export function setUpTheme(button: HTMLButtonElement): void {
  const system = window.matchMedia('(prefers-color-scheme: dark)');
  const current = (): Theme => chosen() ?? (system.matches ? 'dark' : 'light');
  const show = (): void => {
    const theme = current();
    document.documentElement.dataset['theme'] = theme;
    button.setAttribute('aria-pressed', String(theme === 'dark'));
  };
  button.addEventListener('click', () => {
    localStorage.setItem(KEY, current() === 'dark' ? 'light' : 'dark');
    show();
  });
  system.addEventListener('change', show);
  window.addEventListener('storage', show);
  show();
}

function chosen(): Theme | undefined {
  const kept = localStorage.getItem(KEY);
  return kept === 'light' || kept === 'dark' ? kept : undefined;
}
