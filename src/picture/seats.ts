/**
 * Chooses the seat of each card in a strip. A line to the next card is easy to read, and a line around other cards is not. So cards are
 * exchanged, two at a time, as long as that makes the lines shorter.
 */
import type { Item } from "./scene.ts";

/** A line from one card to another, by their places in the list. */
export type Pair = readonly [from: number, to: number];

/** The seats, row by row. Some may be empty. */
export type Seats = readonly (Item | undefined)[];

/** The number of times that the search begins, each time from another order. */
const attempts = 12;
/** With more lines than this, most would go around other cards, wherever the cards sit. */
const mostPairs = 36;

export function seatsOf(items: readonly Item[], pairs: readonly Pair[], columns: number): Seats {
  const count = Math.ceil(items.length / columns) * columns;
  if (pairs.length === 0 || pairs.length > mostPairs) return items;
  let best: readonly number[] = [];
  let least = Infinity;
  const next = chances();
  for (let attempt = 0; attempt < attempts; attempt++) {
    const seats = Array.from({ length: count }, (_, card) => card);
    if (attempt > 0) for (let at = count - 1; at > 0; at--) exchange(seats, at, next(at + 1));
    settle(seats, pairs, columns);
    for (const turned of turnsOf(seats, columns)) {
      const cost = settle(turned, pairs, columns);
      if (cost < least - tiny) [best, least] = [turned, cost];
    }
  }
  const taken = Array.from({ length: count }, (): Item | undefined => undefined);
  for (const [card, item] of items.entries()) taken[best[card]!] = item;
  return taken;
}

const tiny = 1e-9;

/** Exchanges seats until no exchange is better. Cards beyond the last are empty seats. */
function settle(seats: number[], pairs: readonly Pair[], columns: number): number {
  let cost = costOf(seats, pairs, columns);
  for (let isBetter = true; isBetter;) {
    isBetter = false;
    for (let a = 0; a < seats.length; a++)
      for (let b = a + 1; b < seats.length; b++) {
        exchange(seats, a, b);
        const other = costOf(seats, pairs, columns);
        if (other < cost - tiny) [cost, isBetter] = [other, true];
        else exchange(seats, a, b);
      }
  }
  return cost;
}

/**
 * Returns the seats as they are and mirrored. Mirroring makes lines from right to left run from left to right, which no exchange of two
 * would find.
 */
function turnsOf(seats: readonly number[], columns: number): readonly number[][] {
  const rows = seats.length / columns;
  const turned = (isAcross: boolean, isUpsideDown: boolean) =>
    seats.map((seat) => {
      const [row, column] = [Math.floor(seat / columns), seat % columns];
      return (isUpsideDown ? rows - 1 - row : row) * columns + (isAcross ? columns - 1 - column : column);
    });
  return [turned(false, false), turned(true, false), turned(false, true), turned(true, true)];
}

/**
 * Returns the cost of all lines. A line to a neighbour is nearly free, and it is better to the right or down than back. When everything
 * else is equal, the order stays.
 */
function costOf(seats: readonly number[], pairs: readonly Pair[], columns: number): number {
  let cost = 0;
  for (const [from, to] of pairs) {
    const [a, b] = [seats[from]!, seats[to]!];
    const [down, right] = [Math.floor(b / columns) - Math.floor(a / columns), (b % columns) - (a % columns)];
    const distance = Math.abs(down) + Math.abs(right);
    cost += distance === 1 ? (down + right > 0 ? 0 : 0.3) : 4 + distance;
  }
  for (const [card, seat] of seats.entries()) cost += 0.01 * Math.abs(card - seat);
  return cost;
}

function exchange(list: number[], a: number, b: number): void {
  [list[a], list[b]] = [list[b]!, list[a]!];
}

/**
 * Returns a function for whole numbers below a bound. They are the same in every run (a linear congruential generator with the numbers of
 * Numerical Recipes).
 */
function chances(): (below: number) => number {
  let state = 22;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}
