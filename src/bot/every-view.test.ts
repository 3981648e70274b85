import { readBlocks } from '../../sandbox/slack/block-kit.js';
import type { Action, View } from '../dialogs/views/view.js';
import { everyView } from '../dialogs/views/testing/examples.js';
import type { types } from '@slack/bolt';
import { textLength, toHome, toMessage, type ButtonValue } from './slack/block-kit.js';
import { SLACK } from './slack/block-kit-limits.js';
import { toAdaptiveCard, type AdaptiveCard } from './teams/adaptive-card.js';
import { MAX_ACTIVITY_BYTES, sizeInTeams } from './teams/card-limits.js';
import { cardActivity } from './teams/teams-channel.js';
import { liveInMessage } from './testing/blocks-judge.js';
import { complaintsAbout, liveInCard, partsOf } from './testing/card-judge.js';
import { HOSTILE_TEXTS } from './testing/hostile-texts.js';
import { wordsIn, wordsOf } from './testing/shown-words.js';
import { isInput } from './view-cuts.js';

/** A button as it comes back when it is pressed; a link is where it leads. */
type Pressed = ButtonValue | string;

const wanted = ({ actions }: View): Pressed[] =>
  actions.map((action: Action) => (action.kind === 'link' ? new URL(action.url).href : pressed(action)));

function pressed({ verb, reference, revision }: Omit<ButtonValue, 'ignoresInputs'>): ButtonValue {
  return { verb, reference, revision };
}

function inTeams({ actions }: AdaptiveCard): Pressed[] {
  return actions.map(({ url, data }) => (typeof url === 'string' ? url : pressed(data as ButtonValue)));
}

function inSlack(blocks: readonly types.AnyBlock[]): Pressed[] {
  const buttons = blocks.flatMap((block) =>
    block.type === 'actions' ? (block as types.ActionsBlock).elements : [],
  ) as types.Button[];
  return buttons.map(({ url, value }) => url ?? pressed(JSON.parse(value ?? '') as ButtonValue));
}

function expectThatTeamsTakes(view: View): void {
  const activity = cardActivity(view);
  const card = activity.attachments?.[0]?.content as AdaptiveCard;

  expect(complaintsAbout(card)).toEqual([]);
  expect(liveInCard(card)).toEqual([]);
  expect(sizeInTeams(activity)).toBeLessThan(MAX_ACTIVITY_BYTES - 2_048);
  expect(inTeams(card)).toEqual(wanted(view));
  expect(partsOf(card).filter(({ type }) => type.startsWith('Input.'))).toHaveLength(
    view.elements.filter(isInput).length,
  );
}

function expectThatSlackTakes(view: View): void {
  const message = toMessage(view);
  const home = toHome(view);

  expect(() => readBlocks(message.blocks, 'message')).not.toThrow();
  expect(() => readBlocks(home.blocks, 'view')).not.toThrow();
  expect(liveInMessage(message)).toEqual([]);
  expect(liveInMessage({ text: '', blocks: home.blocks })).toEqual([]);
  expect(textLength(message.blocks)).toBeLessThanOrEqual(SLACK.allText);
  expect(message.text.length).toBeLessThanOrEqual(SLACK.fallback);
  expect([inSlack(message.blocks), inSlack(home.blocks)]).toEqual([wanted(view), wanted(view)]);
  expect(message.blocks.filter(({ type }) => type === 'input')).toHaveLength(view.elements.filter(isInput).length);
}

describe.each(everyView().map(({ name, view }) => [name, view] as const))('%s', (_name, view) => {
  test('is taken by both chats, with every button and every input', () => {
    expectThatTeamsTakes(view);
    expectThatSlackTakes(view);
  });

  test('says the same in both, and has buttons that are told apart by what they say', () => {
    const looks = [wordsOf(toAdaptiveCard(view)), wordsOf(toMessage(view).blocks), wordsOf(toHome(view).blocks)];
    const labels = view.actions.map(({ label }) => label);

    for (const text of wordsIn(view)) for (const look of looks) expect(look).toContain(text);
    expect(labels).toEqual([...new Set(labels)]);
  });

  test('says its outcome to those who see no card', () => {
    const { fallbackText } = toAdaptiveCard(view);

    expect(view.fallback).toMatch(/\p{L}\S* .*\p{L}/u);
    // A title is no outcome, unless it asks.
    expect(view.title.endsWith('?') ? '' : view.title).not.toBe(view.fallback);
    expect(view.fallback).not.toMatch(/undefined|null|NaN|\[object/);
    expect(fallbackText).toBe(view.fallback);
    expect(wordsOf({ text: toMessage(view).text })).toBe(view.fallback);
  });
});

test.each(HOSTILE_TEXTS.map((text) => [text.slice(0, 60), text] as const))(
  '%j in the place of every text is inert',
  (_text, hostile) => {
    for (const { name, view } of everyView(() => hostile)) {
      try {
        expectThatTeamsTakes(view);
        expectThatSlackTakes(view);
      } catch (cause) {
        throw new Error(`${name}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
      }
    }
  },
);
