'use strict';

const shared = {
  testEnvironment: 'node',
  transform: { '^.+\\.ts$': ['ts-jest', { tsconfig: '<rootDir>/tsconfig.test.json' }] },
  // Imports carry the extension that node20 resolution wants; the files themselves are TypeScript.
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
};

/**
 * Jest runs a set-up once for all projects that name it, so only those may that are to have it.
 */
const onPostgres = { globalSetup: '<rootDir>/test/support/start-postgres.ts' };
const onPostgresIfAsked = process.env.TEST_DATABASE === 'postgres' ? onPostgres : {};

/** Tests that ask the database, and that hold on PostgreSQL as they do on the embedded one. */
const ON_EITHER_DATABASE = [
  'src/services/platform/{audit,audit-checkpoints,conversation-store,durable,inbox,one-time-secrets,outbox}',
  'src/services/platform/{metrics,posting-edits,replicas,schema,waiting-runs,wake}',
  'src/services/platform/embedded/mixed-access',
  'src/services/operations/{audit-service,run-operation}',
  'test/journeys/set-up-sso.journey',
  'test/crash/racing-turns',
];

/**
 * `unit` is the fast part (npm run check); `world` starts servers, databases and a browser; `postgres` runs what asks the
 * database on PostgreSQL. `TEST_DATABASE=postgres` runs any other test on it, too.
 */
module.exports = {
  projects: [
    {
      ...shared,
      ...onPostgresIfAsked,
      displayName: 'unit',
      testPathIgnorePatterns: ['\\.(world|postgres)\\.test\\.ts$', '/node_modules/'],
      testMatch: [
        '<rootDir>/src/**/*.test.ts',
        '<rootDir>/sandbox/**/*.test.ts',
        '<rootDir>/test/architecture/**/*.test.ts',
      ],
    },
    {
      ...shared,
      ...onPostgresIfAsked,
      displayName: 'world',
      setupFilesAfterEnv: ['<rootDir>/test/support/patience.ts'],
      testPathIgnorePatterns: ['\\.postgres\\.test\\.ts$', '/node_modules/'],
      testMatch: [
        '<rootDir>/test/{contract,journeys,browser,crash}/**/*.test.ts',
        '<rootDir>/{src,sandbox}/**/*.world.test.ts',
      ],
    },
    {
      ...shared,
      ...onPostgres,
      displayName: 'postgres',
      setupFiles: ['<rootDir>/test/support/on-postgres.ts'],
      setupFilesAfterEnv: ['<rootDir>/test/support/patience.ts'],
      testMatch: [
        '<rootDir>/{src,test}/**/*.postgres.test.ts',
        ...ON_EITHER_DATABASE.map((name) => `<rootDir>/${name}.test.ts`),
      ],
    },
  ],
};
