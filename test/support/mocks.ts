/** The mocks of the SDK's clients that the running test file has made. */
export const mocks: { restore(): void }[] = [];
