/** Where things of a picture lie. */
import type { Item } from "./scene.ts";

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface PlacedItem {
  readonly item: Item;
  readonly box: Box;
}

/** Where columns, rows, lanes and rails are: what lines are drawn by. */
export interface Measures {
  /** Of each column: the cell, and the cards in it between the two rails. */
  readonly columns: readonly { readonly x: number; readonly width: number; readonly cardX: number; readonly cardWidth: number }[];
  laneY(channel: number, lane: number): number;
  railX(row: number, column: number, side: "left" | "right", way: number): number;
  trunkX(trunk: number): number;
  readonly doorX: number;
  readonly doorY: number;
}
