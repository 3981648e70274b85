import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { openBrowser } from '../support/browser.js';
import { Consoles } from '../support/consoles.js';
import { setsUpSso } from '../support/deeds.js';
import { Desk } from '../support/desk.js';
import { makePeople } from '../support/files-of-people.js';
import { sharedWorld } from '../support/shared-world.js';

const world = sharedWorld();
const folder = mkdtempSync(join(tmpdir(), 'latchkey-bulk-'));
let browser: Browser;

beforeAll(async () => {
  browser = await openBrowser();
  await setsUpSso(world().person('Ada'));
}, 120_000);
afterAll(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true, force: true });
}, 30_000);

function fileOf(name: string, content: string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

test('Somebody uploads a file by the page and follows it to its report, with the keyboard alone', async () => {
  const people = await makePeople(new Consoles(world()), 4, 'browser');
  const rows = [...people.map(({ userPrincipalName }) => userPrincipalName), 'nobody@contoso.example'];
  const path = fileOf('people.csv', `upn\n${rows.join('\n')}`);
  const desk = await Desk.open(browser, world().botUrl, 'Ada Admin');
  await desk.page.emulateMedia({ reducedMotion: 'reduce' });

  await desk.says('bulk');
  const offer = await desk.sees('Upload a CSV file');
  const [page] = await Promise.all([
    desk.page.waitForEvent('popup'),
    offer
      .getByRole('button', { name: 'Upload a CSV file' })
      .or(offer.getByRole('link', { name: 'Upload a CSV file' }))
      .click(),
  ]);
  await page.getByLabel('CSV file').setInputFiles(path);
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'The file has arrived' }).waitFor();
  expect(await page.getByText('people.csv').count()).toBe(1);

  await desk.sees('4 to add, 0 already there, 1 wrong');
  await desk.presses('Give 4 people access', 'Plan for people.csv');
  await desk.sees('people.csv is done');
  await desk.presses('Report on people.csv', 'people.csv is done');
  const report = await desk.sees('What came of each row');
  const [second] = await Promise.all([
    desk.page.waitForEvent('popup'),
    report
      .getByRole('button', { name: 'Open the report' })
      .or(report.getByRole('link', { name: 'Open the report' }))
      .click(),
  ]);
  const [download] = await Promise.all([
    second.waitForEvent('download'),
    second.getByRole('button', { name: 'Download the report' }).click(),
  ]);
  expect(download.suggestedFilename()).toBe('people-report.csv');
}, 120_000);

test('Somebody attaches a file in the chat', async () => {
  const path = fileOf('attached.csv', 'upn\nana.agent@contoso.example\nada.admin@contoso.example');
  const desk = await Desk.open(browser, world().botUrl, 'Ada Admin');

  const [chooser] = await Promise.all([
    desk.page.waitForEvent('filechooser'),
    desk.page.getByRole('button', { name: 'Attach a file' }).click(),
  ]);
  await chooser.setFiles(path);

  await desk.sees('Plan for attached.csv');
  await desk.sees('Nobody can give access to themselves');
  expect(await desk.page.getByText('Attachment: attached.csv').count()).toBe(1);
}, 120_000);
