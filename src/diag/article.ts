/** Returns a noun with its article, by its first letter: "a subnet", "an instance", "an AWS::SQS::Queue". */
export function withArticle(noun: string): string {
  return `${/^[aeiou]/i.test(noun) ? "an" : "a"} ${noun}`;
}
