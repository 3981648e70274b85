import { isDownloadUrl, readSentFile } from './sent-file.js';
import { inboundActivity } from './activity.js';

const live = { fileDomain: 'sharepoint.com' } as const;

test.each([
  'https://contoso-my.sharepoint.com/personal/ada/_layouts/15/download.aspx?UniqueId=1&tempauth=x',
  'https://contoso.sharepoint.com/a',
  'https://CONTOSO.sharepoint.com/a',
])('%s is where Teams keeps files', (url) => {
  expect(isDownloadUrl(url, 'sharepoint.com')).toBe(true);
});

test.each([
  'http://contoso.sharepoint.com/a',
  'https://contoso.sharepoint.com:8443/a',
  'https://user:pass@contoso.sharepoint.com/a',
  'https://user@contoso.sharepoint.com/a',
  'https://sharepoint.com/a',
  'https://contoso.sharepoint.com.evil.example/a',
  'https://evilsharepoint.com/a',
  'https://evil.example/contoso.sharepoint.com',
  'https://evil.example#.sharepoint.com',
  'https://evil.example\\.sharepoint.com/a',
  'https://.sharepoint.com/a',
  'https://169.254.169.254/latest/meta-data',
  'https://127.0.0.1/a',
  'http://localhost/a',
  'file:///etc/passwd',
  'ftp://contoso.sharepoint.com/a',
  'contoso.sharepoint.com/a',
  '',
])('%j is not', (url) => {
  expect(isDownloadUrl(url, 'sharepoint.com')).toBe(false);
});

test.each([
  ['GCC High', 'sharepoint.us', 'https://contoso-my.sharepoint.us/a'],
  ['DoD', 'sharepoint-mil.us', 'https://contoso.sharepoint-mil.us/a'],
] as const)('In %s files are under %s, and nowhere else', (_, domain, url) => {
  expect(isDownloadUrl(url, domain)).toBe(true);
  expect(isDownloadUrl(url, 'sharepoint.com')).toBe(false);
  expect(isDownloadUrl('https://contoso.sharepoint.com/a', domain)).toBe(false);
  expect(isDownloadUrl(`https://${domain}/a`, domain)).toBe(false);
  expect(isDownloadUrl(`https://evil${domain}/a`, domain)).toBe(false);
  expect(isDownloadUrl(`https://contoso.${domain}.evil.example/a`, domain)).toBe(false);
});

test('In front of a sandbox a file is fetched from this machine alone', () => {
  expect(isDownloadUrl('http://127.0.0.1:4030/files/1', 'loopback')).toBe(true);
  expect(isDownloadUrl('https://contoso.sharepoint.com/a', 'loopback')).toBe(false);
});

const attachment = (downloadUrl: string, name = 'people.csv') => ({
  contentType: 'application/vnd.microsoft.teams.file.download.info',
  contentUrl: 'https://contoso.sharepoint.com/people.csv',
  name,
  content: { downloadUrl, uniqueId: '1', fileType: 'csv' },
});

const message = (attachments: unknown[], conversationType = 'personal') =>
  inboundActivity.parse({
    ...{ type: 'message', channelId: 'msteams', serviceUrl: 'https://smba.trafficmanager.net/emea/', attachments },
    ...{ from: { id: '29:1' }, recipient: { id: '28:1' }, conversation: { id: 'a:1', conversationType }, text: '' },
  });

test('A file counts in a personal chat only, and a message without one has none', () => {
  const file = attachment('https://contoso.sharepoint.com/a');

  expect(readSentFile(message([file]), live)).toMatchObject({ kind: 'file', name: 'people.csv' });
  expect(readSentFile(message([file], 'channel'), live)).toBeUndefined();
  expect(readSentFile(message([{ contentType: 'text/html', content: '<p>hi</p>' }]), live)).toBeUndefined();
  expect(readSentFile(message([{ ...file, content: { downloadUrl: 7 } }, null, 'x']), live)).toBeUndefined();
});

test.each([
  [
    'several files',
    [attachment('https://contoso.sharepoint.com/a'), attachment('https://contoso.sharepoint.com/b')],
    'file-several',
  ],
  ['another place', [attachment('https://evil.example/a')], 'file-elsewhere'],
])('Of %s nothing is fetched', async (_, attachments, code) => {
  const said = readSentFile(message(attachments), live);
  if (said?.kind !== 'file') throw new Error('There is no file.');

  await expect(said.read()).rejects.toMatchObject({ facts: { code } });
});
