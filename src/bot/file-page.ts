import type { IncomingMessage, ServerResponse } from 'node:http';
import { plainName, Problem } from '../services/index.js';
import { escapeHtml, ONE_TIME_TOKEN, sendPage } from './page.js';
import type { RateLimit } from './rate-limiter.js';
import type { Handler, Routes } from './routes.js';

type Purpose = 'upload' | 'report' | 'access';

/** The files behind links, by the token in the link. */
export interface FileLinks {
  /** What the link is for. Changes nothing: link previews ask this too. */
  look(token: string): Promise<Purpose | undefined>;
  /** Takes a file, once, and returns how many rows it has. Throws a `Problem` for what it cannot take. */
  upload(token: string, file: { name: string; bytes: Uint8Array }): Promise<number>;
  /** Of whoever holds the link. */
  report(token: string): Promise<{ name: string; csv: string } | undefined>;
}

const LIMIT: RateLimit = { burst: 30, perSecond: 1 };

const MOST_BYTES = 5 * 1024 * 1024;
/** What a browser writes around the file. */
const FORM_BYTES = 64 * 1024;

/** Mounts `/file/:token`: a page that takes one file, or one that gives a report. Only a button press does either. */
export function mountFilePage(routes: Routes, files: FileLinks): void {
  const purposeOf = async (token: string): Promise<Purpose | undefined> =>
    ONE_TIME_TOKEN.test(token) ? files.look(token) : undefined;
  const ask: Handler = async (_request, response, { token = '' }) => {
    const purpose = await purposeOf(token);
    if (purpose === undefined) sendPage(response, 410, GONE);
    else sendPage(response, 200, purpose === 'upload' ? uploadPage() : DOWNLOADS[purpose]);
  };
  const act: Handler = async (request, response, { token = '' }) => {
    const purpose = await purposeOf(token);
    if (purpose === 'upload') return takeFile(request, response, (file) => files.upload(token, file));
    const report = purpose && (await files.report(token));
    if (report) sendReport(response, report);
    else sendPage(response, 410, GONE);
  };
  routes.get('/file/:token', ask, { limit: LIMIT });
  // The body is read only behind a link that takes a file; else the server lets a little of it pass unread.
  routes.post('/file/:token', act, { limit: LIMIT, readsBody: true });
}

async function takeFile(
  request: IncomingMessage,
  response: ServerResponse,
  upload: (file: { name: string; bytes: Uint8Array }) => Promise<number>,
): Promise<void> {
  const file = await readFile(request);
  if (file === 'too-large') {
    response.setHeader('Connection', 'close');
    return sendPage(
      response,
      413,
      uploadPage('The file has more than 5 MB. Split it and send the parts one after the other.'),
    );
  }
  if (file === 'unreadable') return sendPage(response, 400, uploadPage('No file came. Choose one, then send it.'));
  try {
    const rows = await upload(file);
    sendPage(response, 200, takenPage(file.name, rows));
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const { kind, what, why = '', remedy } = error.facts;
    const isGone = kind === 'stale';
    sendPage(response, isGone ? 410 : 422, isGone ? GONE : uploadPage([what, why, remedy].filter(Boolean).join(' ')));
  }
}

type ReadFile = { readonly name: string; readonly bytes: Uint8Array } | 'too-large' | 'unreadable';

/** The file of the form. Node's own parser of forms reads it, once all of it is there. */
async function readFile(request: IncomingMessage): Promise<ReadFile> {
  const type = request.headers['content-type'] ?? '';
  if (!/^multipart\/form-data;/i.test(type)) return 'unreadable';
  const body = await readBytes(request, MOST_BYTES + FORM_BYTES);
  if (typeof body === 'string') return body;
  const form = await new Response(new Uint8Array(body), { headers: { 'Content-Type': type } })
    .formData()
    .catch(() => undefined);
  const file = form?.get('file');
  if (!(file instanceof File) || file.size === 0) return 'unreadable';
  if (file.size > MOST_BYTES) return 'too-large';
  return { name: plainName(file.name), bytes: new Uint8Array(await file.arrayBuffer()) };
}

/** A sender who says too much beforehand is not listened to. */
async function readBytes(request: IncomingMessage, most: number): Promise<Buffer | 'too-large' | 'unreadable'> {
  if (Number(request.headers['content-length'] ?? 0) > most) return 'too-large';
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > most) return 'too-large';
      chunks.push(chunk);
    }
  } catch {
    return 'unreadable';
  }
  return Buffer.concat(chunks);
}

function sendReport(response: ServerResponse, { name, csv }: { name: string; csv: string }): void {
  response.writeHead(200, {
    'Content-Type': 'text/csv; charset=utf-8',
    'Content-Disposition': `attachment; filename="${name.replace(/[^A-Za-z0-9._-]/g, '')}"`,
    'Cache-Control': 'no-store',
    'Referrer-Policy': 'no-referrer',
    'X-Robots-Tag': 'noindex, nofollow',
  });
  response.end(csv);
}

function uploadPage(fault?: string): { title: string; body: string } {
  const alert = fault === undefined ? '' : `<p role="alert"><strong>${escapeHtml(fault)}</strong></p>`;
  return {
    title: 'Send a file of people',
    body: `${alert}
<p>A CSV file, one person a row. Its first row names the columns: <strong>upn</strong>, role, genesysDivision, genesysRoles,
until. Only upn must be there. At most 20,000 rows and 5 MB.</p>
<form method="post" enctype="multipart/form-data">
<label for="file">CSV file</label>
<input id="file" class="value" type="file" name="file" accept=".csv,text/csv,text/plain" required${fault === undefined ? ' autofocus' : ''}>
<button type="submit">Send the file</button>
</form>
<p class="hint">Nothing is changed by this: Latchkey compares the file with Entra and Genesys and shows you a plan in the chat.</p>`,
  };
}

function takenPage(name: string, rows: number): { title: string; body: string } {
  return {
    title: 'The file has arrived',
    body: `<p><strong>${escapeHtml(name)}</strong>: ${rows.toLocaleString('en')} ${rows === 1 ? 'row' : 'rows'}.</p>
<p>Go back to your chat with Latchkey: the plan comes there in a moment. You can close this page.</p>`,
  };
}

const REPORT = {
  title: 'Report',
  body: `<p>What came of each row, as CSV. It names people: keep it where only those see it who may.</p>
<form method="post"><button type="submit" autofocus>Download the report</button></form>`,
};

const ACCESS = {
  title: 'Who has access',
  body: `<p>Everybody who may sign in to Genesys Cloud, how they got it and since when, as CSV. It names people: keep it where
only those see it who may.</p>
<form method="post"><button type="submit" autofocus>Download the list</button></form>`,
};

const DOWNLOADS = { report: REPORT, access: ACCESS };

const GONE = {
  title: 'This link no longer works',
  body: `<p>It was used already, its time is over, or part of it is missing.</p>
<p>Say <em>bulk</em> to Latchkey in your chat to send a file, press <em>Report</em> on its card for the report,
or <em>Export as CSV</em> on the list of who has access.</p>`,
};
