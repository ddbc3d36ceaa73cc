/** The AWS CLI against one endpoint. */
import { expect } from "vitest";
import { run } from "./programs.ts";

export interface AwsCli {
  /** Runs a command that must succeed and answers what it printed, parsed. No argument may hold a space; `input` goes as --cli-input-json. */
  aws<T = string>(words: string, input?: object): Promise<T>;
  /** Runs a command that must be refused, and answers AWS's error code. */
  refusal(words: string, input?: object): Promise<string>;
  /** Asks again until the answer is this one. */
  until(words: string, resolved: unknown): Promise<void>;
}

export function awsCli(env: Readonly<Record<string, string>>): AwsCli {
  const start = (words: string, input?: object) =>
    run("aws", [...words.trim().split(/\s+/), "--output", "json", ...(input ? ["--cli-input-json", JSON.stringify(input)] : [])], { env });
  const aws: AwsCli["aws"] = async (words, input) => {
    const { code, stdout, stderr } = await start(words, input);
    expect(code, `aws ${words}\n${stderr}`).toBe(0);
    return stdout.trim() === "" ? undefined : JSON.parse(stdout);
  };
  return {
    aws,
    async refusal(words, input) {
      const { code, stdout, stderr } = await start(words, input);
      expect(code, `aws ${words}\n${stdout}`).not.toBe(0);
      return /\(([\w.]+)\)/.exec(stderr)?.[1] ?? stderr;
    },
    async until(words, resolved) {
      let answer: unknown;
      for (let tries = 0; tries < 40; tries++) {
        answer = await aws(words);
        if (JSON.stringify(answer) === JSON.stringify(resolved)) return;
        await new Promise((resolve) => setTimeout(resolve, 2000));
      }
      expect(answer, `aws ${words}`).toEqual(resolved);
    },
  };
}
