import type { AccessPage, AccessRow } from '../../services/index.js';
import { peopleWords } from './group-access.view.js';
import type { Action, Element, View } from './view.js';
import { dayText, momentText } from './when.js';

/** Who has access, how they got it, and since when; sorted by name, twenty to a page. */
export function accessListView(list: AccessPage): View {
  const { rows, people, page, pages, isAssignmentRequired } = list;
  const nobody = 'Nobody has access: no person is assigned, and nobody is directly in an assigned group.';
  const title = `Who has access: ${people === 0 ? 'nobody' : peopleWords(people)}`;
  const heading = pages === 1 ? 'By name' : `By name, page ${String(page + 1)} of ${String(pages)}`;
  return {
    title,
    tone: 'neutral',
    elements: [
      ...(isAssignmentRequired
        ? []
        : [
            {
              kind: 'notice',
              tone: 'warning',
              text: '“Assignment required” is off: everybody in the tenant may sign in, not only those who are listed.',
            } as const,
          ]),
      rows.length === 0 ? { kind: 'text', text: nobody } : { kind: 'list', heading, items: rows.map(rowWords) },
      ...groupWords(list),
    ],
    actions: [...pageActions(list), ...(people === 0 ? [] : [exportButton])],
    fallback: people === 0 ? nobody : `${title}.`,
  };
}

/** In a channel everybody reads along, and most of them may not look. */
export function accessElsewhereView(): View {
  const text =
    'The list of who has access is in your personal chat with Latchkey: here, people could read it who may not.';
  return {
    title: 'Who has access',
    tone: 'neutral',
    elements: [{ kind: 'text', text }],
    actions: [],
    fallback: text,
  };
}

const exportButton: Action = {
  ...{ kind: 'verb', label: 'Export as CSV', verb: 'access-export', reference: 'list', revision: 0 },
};

/** Where the list can be fetched; stands in a personal chat alone. */
export function accessLinkView(link: { url: string; until: Date }): View {
  const text = `Everybody who has access, as CSV, as it is when you fetch it. The link is yours and works until ${momentText(link.until)}.`;
  return {
    title: 'Who has access, as CSV',
    tone: 'neutral',
    elements: [{ kind: 'text', text }],
    actions: [{ kind: 'link', label: 'Open the list', url: link.url, style: 'primary' }],
    fallback: 'A link to the list of who has access.',
  };
}

function rowWords({ name, userPrincipalName, isGuest, isEnabled, ways }: AccessRow): string {
  const marks = [isGuest === true ? 'guest' : '', isEnabled === false ? 'disabled' : ''].filter(Boolean);
  const how = ways.map(({ role, group, since }) => {
    const through = group === undefined ? 'directly' : `through the group ${group}`;
    return `${role}, ${through}${since ? `, since ${dayText(since)}` : ''}`;
  });
  return [name, userPrincipalName ?? 'no longer in Entra', ...marks, how.join('; ')].join(' · ');
}

const GROUPS_NAMED = 5;

function groupWords({ groups, applications }: AccessPage): Element[] {
  const items = groups.slice(0, GROUPS_NAMED).map(({ name, people, nested }) => {
    const inside = nested.length === 0 ? '' : `; groups in it give nothing: ${nested.slice(0, 3).join(', ')}`;
    return `${name}: ${peopleWords(people)} directly in it${inside}`;
  });
  const rest = groups.length - GROUPS_NAMED;
  if (rest > 0) items.push(`and ${String(rest)} more`);
  if (applications > 0) items.push(applications === 1 ? '1 application' : `${String(applications)} applications`);
  const heading = applications > 0 ? 'Assigned groups and applications' : 'Assigned groups';
  return items.length === 0 ? [] : [{ kind: 'list', heading, items }];
}

function pageActions({ page, pages }: AccessPage): Action[] {
  return [
    ...(page > 0 ? [turnPage('Previous', page - 1)] : []),
    ...(page < pages - 1 ? [turnPage('Next', page + 1)] : []),
  ];
}

function turnPage(label: string, page: number): Action {
  return { kind: 'verb', label, verb: 'access-page', reference: String(page), revision: 0 };
}
