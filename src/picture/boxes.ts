/** The positions of things in a picture. */
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

/** The positions of columns, rows, lanes and rails. Lines are drawn by them. */
export interface Measures {
  /** For each column: the position of its cell, and of the cards between the cell's two rails. */
  readonly columns: readonly { readonly x: number; readonly width: number; readonly cardX: number; readonly cardWidth: number }[];
  laneY(channel: number, lane: number): number;
  railX(row: number, column: number, side: "left" | "right", way: number): number;
  trunkX(trunk: number): number;
  readonly doorX: number;
  readonly doorY: number;
}
