import {
  BULK_COLUMNS,
  BULK_EXAMPLE,
  type BulkOutcome,
  type BulkPlan,
  type BulkProgress,
  type RunRecord,
} from '../../services/index.js';
import { buttonName } from './people.view.js';
import { dismiss } from './person-question.js';
import { problemView } from './problem.view.js';
import { momentText, timeText } from './when.js';
import type { Action, Element, View } from './view.js';

const NUMBER = new Intl.NumberFormat('en');

const COLUMNS: Readonly<Record<(typeof BULK_COLUMNS)[number], string>> = {
  upn: 'the user principal name in Entra. Must be there.',
  role: 'the app role. Empty: the usual one.',
  genesysDivision: 'the division of the Genesys user. Empty: home.',
  genesysRoles: 'roles in Genesys, with | between them. With a division or roles the person also gets a Genesys user.',
  until: 'stays empty: bulk gives access without an end.',
};

/** What a file must look like, and where it goes. */
export function bulkView(link: { url: string; until: Date }): View {
  const [header = [], row = []] = BULK_EXAMPLE;
  return {
    title: 'Give many people access',
    tone: 'neutral',
    elements: [
      {
        kind: 'text',
        text: 'Send a CSV file here in the chat, or upload it. You see a plan first; nothing is changed before you confirm it.',
      },
      { kind: 'list', heading: 'Columns', items: BULK_COLUMNS.map((name) => `${name}: ${COLUMNS[name]}`) },
      { kind: 'text', text: 'For example:', style: 'strong' },
      {
        kind: 'facts',
        facts: [
          { label: 'First line', value: header.join(',') },
          { label: 'Then', value: row.join(',') },
        ],
      },
      {
        kind: 'text',
        text: `The link takes one file, until ${timeText(link.until)}. At most 20,000 rows and 5 MB.`,
        style: 'subtle',
      },
    ],
    actions: [{ kind: 'link', label: 'Upload a CSV file', url: link.url, style: 'primary' }],
    fallback: 'Send a CSV file here, or open the upload page.',
  };
}

/** What a file would do, whole, before anybody confirms it; or that it was done before. */
export function bulkPlanView(plan: BulkPlan): View {
  return plan.kind === 'known' ? knownView(plan) : plannedView(plan);
}

function plannedView({ bulk, wrongRows }: Extract<BulkPlan, { kind: 'planned' }>): View {
  const { toAdd, there, wrong, inGenesys, secondRoles = 0, encoding, separator } = bulk.content;
  const more = wrong - wrongRows.length;
  const summary = `${NUMBER.format(toAdd)} to add, ${NUMBER.format(there)} already there, ${NUMBER.format(wrong)} wrong`;
  return {
    title: `Plan for ${bulk.fileName}`,
    tone: wrong > 0 ? 'warning' : 'neutral',
    elements: [
      { kind: 'text', text: `${summary}.`, style: 'strong' },
      {
        kind: 'facts',
        facts: [
          {
            label: 'To add',
            value: [
              people(toAdd),
              ...(inGenesys > 0 ? [`${NUMBER.format(inGenesys)} of them in Genesys, too`] : []),
              ...(secondRoles > 0
                ? [`${NUMBER.format(secondRoles)} of them ${secondRoles === 1 ? 'gets' : 'get'} a second role`]
                : []),
            ].join(', '),
          },
          { label: 'Already there', value: people(there) },
          {
            label: 'Wrong',
            value: wrong === 0 ? 'none' : `${NUMBER.format(wrong)} ${wrong === 1 ? 'row' : 'rows'}, left out`,
          },
          { label: 'Read as', value: `${encoding}, cells separated by ${SEPARATORS[separator]}` },
        ],
      },
      ...(inGenesys > 0
        ? [
            {
              kind: 'text',
              text: 'Whom Genesys has deleted gets back the roles that Latchkey has noted, besides those of the file.',
              style: 'subtle',
            } as const,
          ]
        : []),
      ...(encoding === 'Windows-1252'
        ? [
            {
              kind: 'notice',
              tone: 'neutral',
              text: 'The file is no UTF-8, so it was read as Windows-1252. If a name with accents is wrong, save it as “CSV UTF-8”.',
            } as const,
          ]
        : []),
      ...(wrongRows.length === 0
        ? []
        : [{ kind: 'list', heading: 'Wrong rows', items: wrongRows.map(wrongText) } as const]),
      ...(more > 0
        ? [{ kind: 'text', text: `${NUMBER.format(more)} more are in the report.`, style: 'subtle' } as const]
        : []),
      ...(toAdd === 0 ? [{ kind: 'text', text: 'There is nothing to do.' } as const] : []),
    ],
    actions: [
      ...(toAdd === 0 ? [] : [runButton(bulk.id, toAdd)]),
      reportButton(bulk),
      ...(toAdd === 0 ? [] : [dismiss()]),
    ],
    fallback: `Plan for ${bulk.fileName}: ${summary}.`,
  };
}

const SEPARATORS = { ',': 'commas', ';': 'semicolons', '\t': 'tabs' } as const;

function wrongText({ line, upn, note }: { line: number; upn: string; note: string }): string {
  return `Line ${NUMBER.format(line)}${upn === '' ? '' : `, ${upn}`}: ${note}`;
}

function knownView({ bulk, run }: Extract<BulkPlan, { kind: 'known' }>): View {
  const isDone = run.state === 'done';
  const what = isDone
    ? `This file was already applied at ${momentText(run.changedAt)} by ${run.actor.name}; there is nothing to do.`
    : `${run.actor.name} started this very file at ${timeText(run.startedAt)}, and it is still under way; there is nothing to do.`;
  return {
    title: isDone ? 'Already applied' : 'Already under way',
    tone: isDone ? 'good' : 'working',
    elements: [
      { kind: 'text', text: what, style: 'strong' },
      {
        kind: 'text',
        text: 'If access was taken from somebody since, send a file with those people.',
        style: 'subtle',
      },
    ],
    actions: [reportButton(bulk)],
    fallback: what,
  };
}

function runButton(bulkId: string, count: number): Action {
  const label = `Give ${people(count)} access`;
  return { kind: 'verb', label, verb: 'run-bulk', reference: bulkId, revision: 0, style: 'primary' };
}

function reportButton({ id, fileName }: { id: string; fileName: string }): Action {
  return {
    kind: 'verb',
    label: `Report on ${buttonName(fileName)}`,
    verb: 'bulk-report',
    reference: id,
    revision: 0,
    ignoresInputs: true,
  };
}

/** Where the report can be fetched; stands in a personal chat alone. */
export function bulkReportView(link: { url: string; until: Date }): View {
  return {
    title: 'Report',
    tone: 'neutral',
    elements: [
      {
        kind: 'text',
        text: `What came of each row, as CSV. The link is yours and works until ${momentText(link.until)}.`,
      },
    ],
    actions: [{ kind: 'link', label: 'Open the report', url: link.url, style: 'primary' }],
    fallback: 'A link to the report.',
  };
}

/** A run that is not done: under way, paused, waiting for a remote side, or failed. */
export function bulkRunView(run: RunRecord, progress: BulkProgress): View {
  const { bulkId, fileName } = run.input as { bulkId: string; fileName: string }; // what the run was started with
  const bar: Element = { kind: 'progress', done: progress.done, total: progress.total };
  const report = reportButton({ id: bulkId, fileName });
  if (run.state === 'failed' || run.state === 'interrupted') return stoppedView(run, { bar, report, fileName });
  const name = buttonName(fileName);
  const steer = (label: string, verb: string, style?: 'primary' | 'danger'): Action => ({
    ...{ kind: 'verb', label, verb, reference: run.id, revision: run.revision },
    ...(style ? { style } : {}),
  });
  const isPaused = progress.pace === 'paused';
  const isWaiting = run.state === 'waiting' && !isPaused;
  const stands = isPaused ? 'is paused' : isWaiting ? 'is waiting' : undefined;
  const title = stands === undefined ? `Giving access: ${fileName}` : `${fileName} ${stands}`;
  const waitsFor = waitText(run, progress);
  const now = isWaiting ? waitsFor : phaseText(progress);
  return {
    title,
    tone: isPaused ? 'neutral' : 'working',
    elements: [
      { kind: 'text', text: `Started by ${run.actor.name} at ${timeText(run.startedAt)}`, style: 'subtle' },
      bar,
      { kind: 'text', text: now },
      ...(waitsFor === '' || waitsFor === now ? [] : [{ kind: 'text', text: waitsFor, style: 'subtle' } as const]),
      ...(progress.failed > 0
        ? [
            {
              kind: 'notice',
              tone: 'warning',
              text: `${people(progress.failed)} failed so far; the report says why.`,
            } as const,
          ]
        : []),
    ],
    actions: [
      ...(isPaused ? [steer(`Go on with ${name}`, 'go-on-bulk', 'primary')] : []),
      ...(isWaiting ? [steer('Check now', 'retry-run', 'primary')] : []),
      ...(progress.pace === 'working' ? [steer(`Pause ${name}`, 'pause-bulk')] : []),
      steer(`Stop ${name}`, 'stop-bulk', 'danger'),
      report,
    ],
    fallback: `${title}: ${NUMBER.format(progress.done)} of ${people(progress.total)}. ${now}`,
  };
}

/** What is done at the moment, how fast, and for how long still. */
export function phaseText({ phase, pace, perMinute, done, total }: BulkProgress): string {
  if (pace === 'pausing') return 'Pausing after the people who are under way.';
  if (pace === 'paused') return 'What is done is kept. Go on whenever you like, or stop and leave the rest out.';
  const where = phase === 'entra' ? 'Assigning in Entra' : 'Making users and giving roles in Genesys';
  if (perMinute === undefined) return `${where}.`;
  const minutes = Math.ceil((total - done) / perMinute);
  const left = minutes <= 1 ? 'a minute left at most' : `about ${NUMBER.format(minutes)} minutes left`;
  return `${where}: ${NUMBER.format(perMinute)} a minute, ${left}.`;
}

/** What the clients wait for, or the run as a whole. */
function waitText(run: RunRecord, { pace }: BulkProgress): string {
  if (pace === 'paused') return '';
  if (run.state === 'waiting') return [run.problem?.what, run.problem?.remedy].filter(Boolean).join(' ');
  return run.steps.findLast(({ state }) => state === 'started')?.waitingFor ?? '';
}

function stoppedView(
  run: RunRecord,
  { bar, report, fileName }: { bar: Element; report: Action; fileName: string },
): View {
  const problem = run.problem ?? {
    ...{ kind: 'waiting', what: 'Latchkey was ended several times while it worked on this.' },
    remedy: 'Look into the log of those minutes, then press Retry to go on where it stopped.',
  };
  return problemView(problem, {
    title: `${fileName} did not finish`,
    before: [bar],
    actions: [
      { kind: 'verb', label: 'Retry', verb: 'retry-run', reference: run.id, revision: run.revision, style: 'primary' },
      report,
    ],
  });
}

/** The lasting record. */
export function bulkDoneView(run: RunRecord, outcome: BulkOutcome): View {
  const { bulkId, fileName, added, already, failed, wrong, leftOut } = outcome;
  const isStopped = leftOut > 0 && outcome.isStopped !== false;
  const what = `${people(added)} got access, ${people(already)} had it already.`;
  const facts = [
    { label: 'Added', value: people(added) },
    { label: 'Already there', value: people(already) },
    { label: 'Failed', value: people(failed) },
    { label: 'Wrong rows', value: NUMBER.format(wrong) },
    ...(leftOut > 0 ? [{ label: 'Left out', value: people(leftOut) }] : []),
  ];
  const title = isStopped ? `${fileName} was stopped` : `${fileName} is done`;
  return {
    title,
    tone: failed + wrong + leftOut > 0 ? 'warning' : 'good',
    elements: [
      { kind: 'text', text: what, style: 'strong' },
      { kind: 'facts', facts },
      {
        kind: 'text',
        text: `Started by ${run.actor.name} at ${timeText(run.startedAt)}, ended at ${timeText(run.changedAt)}.`,
        style: 'subtle',
      },
    ],
    actions: [reportButton({ id: bulkId, fileName })],
    fallback: `${title}: ${what}${failed > 0 ? ` ${people(failed)} failed.` : ''}`,
  };
}

function people(count: number): string {
  return `${NUMBER.format(count)} ${count === 1 ? 'person' : 'people'}`;
}
