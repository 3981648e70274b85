import type { Browser, BrowserContext, Locator, Page } from 'playwright-core';

const PATIENCE_MS = 30_000;

/** Somebody in front of the sandbox page, playing one of its people. */
export class Desk {
  readonly page: Page;

  private constructor(page: Page) {
    this.page = page;
  }

  static async open(browser: Browser, url: string, persona: string): Promise<Desk> {
    const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
    page.setDefaultTimeout(PATIENCE_MS);
    await page.goto(url);
    // The radio itself is invisible; a person clicks the face and name around it.
    await page
      .locator('label')
      .filter({ has: page.getByRole('radio', { name: persona }) })
      .click();
    return new Desk(page);
  }

  async says(text: string): Promise<void> {
    await this.page.getByRole('textbox', { name: /^Message/ }).fill(text);
    await this.page.keyboard.press('Enter');
  }

  /** The newest message that holds those words. Waits for it. */
  async sees(words: string): Promise<Locator> {
    const message = this.page.getByRole('article').filter({ hasText: words }).last();
    await message.waitFor();
    return message;
  }

  /** Presses a button of the newest message that holds those words. */
  async presses(button: string, within: string): Promise<void> {
    await (await this.sees(within)).getByRole('button', { name: button, exact: true }).click();
  }
}

/** A private window: nobody is signed in. */
export async function privateWindow(browser: Browser): Promise<BrowserContext> {
  // A sandbox that speaks TLS has the certificate of a test's own authority.
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ignoreHTTPSErrors: true });
  context.setDefaultTimeout(PATIENCE_MS);
  return context;
}

/** Opens a test link in a private window and signs in at Microsoft's page. Returns the page that comes after. */
export async function signsIn(
  browser: Browser,
  link: string,
  who: { userName: string; password: string },
): Promise<Page> {
  const page = await (await privateWindow(browser)).newPage();
  await page.goto(link);
  await page.getByLabel('User name').fill(who.userName);
  await page.getByLabel('Password').fill(who.password);
  await page.getByRole('button', { name: /sign in/i }).click();
  return page;
}
