import type { AccountLink, ChatUser, Disowned, LinkBar } from '../../../services/index.js';
import * as links from '../link-account.view.js';
import type { Examples } from './example.js';
import { inDays, NOW, person } from './fixtures.js';

export const linkAccountExamples: Examples = (said) => {
  const { id, name, userPrincipalName } = person(said);
  const ana = { id, name, userPrincipalName };
  const user: ChatUser = {
    ...{ channel: 'slack', team: 'T0LATCHKEY', channelUserId: 'U0ANAAGENT', name: said('ana') },
    teamName: said('Contoso'),
  };
  const link: AccountLink = { id: 'l-1', user, person: ana, linkedAt: NOW };
  const other: AccountLink = { ...link, id: 'l-2', user: { ...user, channelUserId: 'U0ANATWO', teamName: undefined } };
  const deed = { at: NOW, what: said('assign B.Simon to Genesys Cloud') };
  const disown = (more: Partial<Disowned>): ReturnType<typeof links.disownedView> =>
    links.disownedView({ link, others: [], deeds: [], ...more });
  const bar: LinkBar = { bars: 'person', user, person: ana, barredAt: NOW };
  const bars = ['a', 'b', 'c', 'd', 'e', 'f'].map((one) => ({
    ...bar,
    person: { ...ana, id: one, name: said(`Ana Agent ${one}`) },
  }));
  return {
    invitationView: {
      'a link': links.invitationView({
        ...{ url: 'https://latchkey.contoso.example/link/one-time', until: inDays(1), code: 'K7QF' },
      }),
    },
    homeInvitationView: { 'on the own page': links.homeInvitationView() },
    linkedView: {
      'with Teams': links.linkedView(link),
      'without Teams': links.linkedView(link, { isToldInTeams: false }),
    },
    linkNoticeView: { 'to the person': links.linkNoticeView(link) },
    disownedView: {
      'nothing was done': disown({}),
      'something was done, by others too': disown({ others: [other], deeds: Array.from({ length: 12 }, () => deed) }),
    },
    linksView: { none: links.linksView([]), one: links.linksView([link]), several: links.linksView([link, other]) },
    confirmUnlinkView: { 'asks once more': links.confirmUnlinkView(link) },
    unlinkedView: { unlinked: links.unlinkedView(link) },
    endedCardView: { 'on an old card': links.endedCardView() },
    barredView: {
      nobody: links.barredView([], ''),
      'nobody by that name': links.barredView([], said('anna')),
      'a person and an account': links.barredView([bar, { ...bar, bars: 'account' }], ''),
      'more than are shown': links.barredView(bars, said('a')),
    },
    allowedView: {
      'a person': links.allowedView([bar]),
      'an account': links.allowedView([{ ...bar, bars: 'account' }]),
      'somebody was faster': links.allowedView([]),
    },
  };
};
