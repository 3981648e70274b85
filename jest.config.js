'use strict';

const shared = {
  testEnvironment: 'node',
  transform: { '^.+\\.ts$': ['ts-jest', { tsconfig: '<rootDir>/tsconfig.test.json' }] },
  // Imports carry the extension that node20 resolution wants; the files themselves are TypeScript.
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
};

/** `unit` is the fast part (npm run check); `world` starts servers, databases and a browser. */
module.exports = {
  projects: [
    {
      ...shared,
      displayName: 'unit',
      testPathIgnorePatterns: ['\\.world\\.test\\.ts$', '/node_modules/'],
      testMatch: [
        '<rootDir>/src/**/*.test.ts',
        '<rootDir>/sandbox/**/*.test.ts',
        '<rootDir>/test/architecture/**/*.test.ts',
      ],
    },
    {
      ...shared,
      displayName: 'world',
      setupFilesAfterEnv: ['<rootDir>/test/support/patience.ts'],
      testMatch: [
        '<rootDir>/test/{contract,journeys,browser,crash}/**/*.test.ts',
        '<rootDir>/{src,sandbox}/**/*.world.test.ts',
      ],
    },
  ],
};
