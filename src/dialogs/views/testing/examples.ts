import type { View } from '../view.js';
import { aboutPersonExamples } from './about-person.examples.js';
import { accessDoneExamples } from './access-done.examples.js';
import { accessListExamples } from './access-list.examples.js';
import { accessRequestExamples, accessToldExamples } from './access-request.examples.js';
import { assignmentExamples } from './assignment.examples.js';
import { auditExamples } from './audit.examples.js';
import { bulkExamples } from './bulk.examples.js';
import { emailClaimExamples } from './email-claim.examples.js';
import type { Examples, Said } from './example.js';
import { formExamples } from './form.examples.js';
import { groupAccessExamples } from './group-access.examples.js';
import { helpExamples } from './help.examples.js';
import { linkAccountExamples } from './link-account.examples.js';
import { myWorkExamples } from './my-work.examples.js';
import { offBoardExamples } from './off-board.examples.js';
import { personQuestionExamples } from './person-question.examples.js';
import { problemExamples } from './problem.examples.js';
import { provisioningExamples } from './provisioning.examples.js';
import { removeTestUserExamples } from './remove-test-user.examples.js';
import { requestAccessExamples } from './request-access.examples.js';
import { runDoneExamples } from './run-done.examples.js';
import { runExamples } from './run.examples.js';
import { setupChoiceExamples } from './setup-choice.examples.js';
import { setupExamples } from './setup.examples.js';
import { statusExamples } from './status.examples.js';
import { stepUpExamples } from './step-up.examples.js';
import { testUserExamples } from './test-user.examples.js';
import { undoExamples } from './undo.examples.js';

/*
 * Every view that there is, in every state that it has. `src/bot/every-view.test.ts` feeds all of them to both renderers.
 *
 * A new view `xyView` in `xy.view.ts` gets its examples in `testing/xy.examples.ts`, one for each state that reads
 * differently, and a line in `FILES` below; `examples.test.ts` fails for an exported `…View` that has none. Whatever
 * comes from outside (names, reasons, files, remote words) goes through `said`, so that the tests can put something
 * hostile in its place: `name: said('Ana Agent')`. People, runs and times are in `fixtures.ts`.
 */
const FILES: readonly Examples[] = [
  ...[setupExamples, setupChoiceExamples, statusExamples, undoExamples, runExamples, runDoneExamples],
  ...[assignmentExamples, accessDoneExamples, accessListExamples, groupAccessExamples, bulkExamples],
  ...[provisioningExamples, emailClaimExamples, testUserExamples, removeTestUserExamples, offBoardExamples],
  ...[helpExamples, problemExamples, personQuestionExamples, aboutPersonExamples, auditExamples],
  ...[linkAccountExamples, formExamples],
  ...[accessRequestExamples, accessToldExamples, myWorkExamples, requestAccessExamples, stepUpExamples],
];

export interface Example {
  /** Of the function that makes it. */
  readonly of: string;
  /** The function and the state: `bulkRunView: paused`. */
  readonly name: string;
  readonly view: View;
}

/** @param said what stands in the place of a text from outside; by default the text itself. */
export function everyView(said: Said = (text) => text): readonly Example[] {
  return FILES.flatMap((examples) =>
    Object.entries(examples(said)).flatMap(([of, states]) =>
      Object.entries(states).map(([state, view]) => ({ of, name: `${of}: ${state}`, view })),
    ),
  );
}
