export * from "../kinds/ownership.ts";
