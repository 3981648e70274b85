import { existsSync } from 'node:fs';
import { chromium, type Browser } from 'playwright-core';

const INSTALLED = ['chrome', 'msedge', 'chromium'] as const;

/**
 * A headless Chromium: `LATCHKEY_BROWSER`, else the one that npm brought along (Linux x64), else an installed Chrome, Edge
 * or Chromium. Throws one sentence that says what to install when there is none.
 */
export async function openBrowser(): Promise<Browser> {
  const given = process.env['LATCHKEY_BROWSER'];
  if (given !== undefined) {
    if (!existsSync(given)) throw new Error(`LATCHKEY_BROWSER says ${given}, and there is no such file.`);
    return chromium.launch({ executablePath: given, args: ['--no-sandbox'] });
  }
  if (process.platform === 'linux' && process.arch === 'x64') {
    const { default: bundled } = await import('@sparticuz/chromium');
    // Its own list of flags is for one tab in a cloud function; with `--single-process` a second tab ends the browser.
    const args = bundled.args.filter((flag) => !/^--(single-process|no-zygote|headless)/.test(flag));
    return chromium.launch({ executablePath: await bundled.executablePath(), args: [...args, '--no-sandbox'] });
  }
  for (const channel of INSTALLED) {
    try {
      return await chromium.launch({ channel, args: ['--no-sandbox'] });
    } catch {
      // Not installed: the next one.
    }
  }
  throw new Error(
    'The browser journeys need a browser: install Chrome, Edge or Chromium, or set LATCHKEY_BROWSER to one.',
  );
}
