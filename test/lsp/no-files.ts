/** What a language server asks of the disk, where there is nothing but what the editor holds. */
export const noFiles = {
  filesBeside: () => [],
  namedFiles: () => ({ part: () => undefined, read: () => undefined }),
  environments: () => [],
  shown: (path: string) => path,
};
