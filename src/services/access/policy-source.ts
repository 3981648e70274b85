import { readFileSync, statSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Log } from '../platform/log.js';
import type { Problem } from '../platform/problem.js';
import type { Sweep } from '../platform/tick.js';
import type { AccessPolicy, PolicyRole } from './access-policy.js';
import { readPolicy, type PolicyFinding } from './read-policy.js';
import { noPolicy, policyUnusable, stepUpWithoutClient } from './request-refusals.js';
import { rolesWithStepUp } from './step-up.js';

/** How the policy file stands, for the status. */
export interface PolicyStanding {
  readonly file: string;
  /** Absent: no rules are in force, and nobody can ask for access. */
  readonly rolesOffered?: readonly string[];
  /** In which times are said, by the rules in force; an IANA name. */
  readonly timeZone?: string;
  /** What is wrong with the file as it is now; older rules may be in force all the same. */
  readonly fault?: PolicyFault;
  readonly findings: readonly PolicyFinding[];
}

/** `missing`: no file, or none that may be read · `unusable`: it has errors · `no-client`: it says `stepUp`, and nobody can sign in */
export interface PolicyFault {
  readonly kind: 'missing' | 'unusable' | 'no-client';
  /** Sentences. */
  readonly what: string;
  readonly remedy: string;
}

export interface PolicySourceParts {
  /** A path, perhaps relative to where the process was started. */
  readonly file: string;
  /** Whether people can sign in to Latchkey: without that a role with `stepUp` cannot be approved, and no such file counts. */
  readonly canSignIn: boolean;
  readonly log: Log;
}

/** What of a file tells that it is another one: an editor may write a new file under the old name within one second. */
type Mark = string;

/**
 * The rules of the policy file as they are in force. They are read at the start and whenever the file has changed; one with
 * errors changes nothing, so that the last good rules stay. Requests keep the rules under which they were made.
 */
export class PolicySource {
  readonly #parts: PolicySourceParts;
  #policy: AccessPolicy | undefined;
  #fault: { readonly kind: PolicyFault['kind']; readonly problem: Problem } | undefined;
  #findings: readonly PolicyFinding[] = [];
  #mark: Mark | undefined;

  /** Reads the file at once. */
  constructor(parts: PolicySourceParts) {
    this.#parts = { ...parts, file: resolve(parts.file) };
    this.#mark = markOf(statOf(this.#parts.file));
    this.#read();
  }

  /** The rules in force. Throws a `Problem` that says what the operator does where there are none. */
  current(): AccessPolicy {
    if (this.#policy) return this.#policy;
    throw this.#fault?.problem ?? noPolicy(this.#parts.file);
  }

  /** `undefined`: the rules do not, or no longer, offer it. Throws as `current` does. */
  findRole(roleId: string): PolicyRole | undefined {
    return this.current().roles.find(({ id }) => id === roleId);
  }

  standing(): PolicyStanding {
    const facts = this.#fault?.problem.facts;
    return {
      file: this.#parts.file,
      ...(this.#policy
        ? { rolesOffered: this.#policy.roles.map(({ name }) => name), timeZone: this.#policy.timeZone }
        : {}),
      ...(this.#fault && facts ? { fault: { kind: this.#fault.kind, what: facts.what, remedy: facts.remedy } } : {}),
      findings: this.#findings,
    };
  }

  /** Reads the file again when it has changed. */
  readonly sweep: Sweep = {
    name: 'the access policy',
    everySeconds: 2,
    sweep: async () => {
      const mark = markOf(await stat(this.#parts.file, { bigint: true }).catch(() => undefined));
      if (mark === this.#mark) return;
      this.#mark = mark;
      this.#read();
    },
  };

  #read(): void {
    const { file, log } = this.#parts;
    const text = textOf(file);
    const read = text === undefined ? { findings: [] } : readPolicy(text);
    this.#findings = read.findings;
    const unprovable = this.#parts.canSignIn ? [] : rolesWithStepUp(read.policy?.roles ?? []);
    if (read.policy && unprovable.length === 0) {
      this.#policy = read.policy;
      this.#fault = undefined;
      log.info({ file, roles: read.policy.roles.map(({ id }) => id) }, 'The access policy is in force');
      return;
    }
    const errors = read.findings.filter(({ severity }) => severity === 'error');
    if (text === undefined) this.#fault = { kind: 'missing', problem: noPolicy(file) };
    else if (unprovable.length > 0) this.#fault = { kind: 'no-client', problem: stepUpWithoutClient(file, unprovable) };
    else this.#fault = { kind: 'unusable', problem: policyUnusable(file, errors) };
    const fields = { file, findings: errors, fault: this.#fault.problem.facts.what };
    if (this.#policy)
      log.error(fields, 'The access policy cannot be used as it is now; the rules before stay in force');
    else if (text === undefined) log.warn(fields, 'There is no access policy, so nobody can ask for access');
    else log.error(fields, 'The access policy cannot be used, so nobody can ask for access');
  }
}

function statOf(file: string) {
  return statSync(file, { bigint: true, throwIfNoEntry: false });
}

function markOf(found: ReturnType<typeof statOf>): Mark | undefined {
  return found && [found.mtimeNs, found.size, found.ino].map(String).join(' ');
}

/** `undefined`: it is not there, or may not be read. */
function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
