// SPDX-License-Identifier: Apache-2.0
import type { WlObject } from "../wire/wl-object.ts";

/** Sub-surfaces that may lie in each other, of those that are above other windows. */
const MAX_DEPTH = 32;

/** A surface and its place in its parent, and all that it and its sub-surfaces have covered, from its own corner on. */
interface Node {
  parent: WlObject | null;
  x: number;
  y: number;
  children: number;
  /** How many levels of sub-surfaces there are below it, or have been. */
  levels: number;
  width: number;
  height: number;
  left: number;
  top: number;
  right: number;
  bottom: number;
}

/**
 * How far surfaces reach with their sub-surfaces, in logical pixels. What a sub-surface has once covered counts for as long as
 * it is one: so a change costs as many steps as it lies deep.
 */
export class SurfaceTrees {
  readonly #nodes = new WeakMap<WlObject, Node>();
  /** The surface of each wl_subsurface. */
  readonly #surfaces = new WeakMap<WlObject, WlObject>();

  /** Notes that a surface belongs to another one. @returns whether it may: false where it would lie too deep */
  add(subsurface: WlObject, surface: WlObject, parent: WlObject): boolean {
    const node = this.#get(surface);
    if (node.parent !== null) return true;
    const above = this.#nodesFrom(parent);
    // A ring is for the host to refuse.
    if (above.includes(node) || above.length + node.levels > MAX_DEPTH) return false;
    this.#surfaces.set(subsurface, surface);
    node.parent = parent;
    node.x = node.y = 0;
    for (const [depth, one] of above.entries()) one.levels = Math.max(one.levels, node.levels + depth + 1);
    this.#get(parent).children++;
    this.#grow(surface);
    return true;
  }

  /** Notes that it does not any more. */
  remove(subsurface: WlObject): void {
    const surface = this.#surfaces.get(subsurface);
    if (surface !== undefined) this.leave(surface);
  }

  /** The same, by the surface itself. */
  leave(surface: WlObject): void {
    const node = this.#nodes.get(surface);
    if (node === undefined || node.parent === null) return;
    const { parent } = node;
    this.#get(parent).children--;
    node.parent = null;
    this.reset(surface);
    this.reset(parent);
  }

  /** Notes the place of a sub-surface in its parent. @returns its surface */
  move(subsurface: WlObject, x: number, y: number): WlObject | undefined {
    const surface = this.#surfaces.get(subsurface);
    if (surface === undefined) return undefined;
    Object.assign(this.#get(surface), { x, y });
    this.#grow(surface);
    return surface;
  }

  /** Notes the size of a surface. */
  resize(surface: WlObject, width: number, height: number): void {
    const node = this.#nodes.get(surface);
    if (node?.width === width && node.height === height) return;
    Object.assign(this.#get(surface), { width, height });
    this.#grow(surface);
  }

  /** Forgets what a surface has covered, unless it has sub-surfaces: they keep their content, and are shown with it again. */
  reset(surface: WlObject): void {
    const node = this.#nodes.get(surface);
    if (node === undefined || node.children > 0) return;
    Object.assign(node, { left: 0, top: 0, right: node.width, bottom: node.height });
  }

  hasChildren(surface: WlObject): boolean {
    return (this.#nodes.get(surface)?.children ?? 0) > 0;
  }

  /** The surface that a sub-surface belongs to in the end, or the surface itself. */
  rootOf(surface: WlObject): WlObject {
    let root = surface;
    for (;;) {
      const parent = this.#nodes.get(root)?.parent ?? null;
      if (parent === null) return root;
      root = parent;
    }
  }

  /** The area of the rectangle that a surface reaches with its sub-surfaces. */
  areaOf(surface: WlObject): number {
    const { left, top, right, bottom } = this.#get(surface);
    return (right - left) * (bottom - top);
  }

  /** A surface and those that it belongs to. */
  #nodesFrom(surface: WlObject): Node[] {
    const nodes = [this.#get(surface)];
    for (let parent = nodes[0]?.parent; parent != null; parent = this.#get(parent).parent)
      nodes.push(this.#get(parent));
    return nodes;
  }

  #get(surface: WlObject): Node {
    let node = this.#nodes.get(surface);
    if (node === undefined) {
      node = {
        parent: null,
        x: 0,
        y: 0,
        children: 0,
        levels: 0,
        width: 0,
        height: 0,
        left: 0,
        top: 0,
        right: 0,
        bottom: 0,
      };
      this.#nodes.set(surface, node);
    }
    return node;
  }

  /** A surface covers more than before, and so do those that it belongs to. */
  #grow(surface: WlObject): void {
    let node = this.#get(surface);
    node.right = Math.max(node.right, node.width);
    node.bottom = Math.max(node.bottom, node.height);
    while (node.parent !== null) {
      const { x, y, left, top, right, bottom } = node;
      node = this.#get(node.parent);
      node.left = Math.min(node.left, x + left);
      node.top = Math.min(node.top, y + top);
      node.right = Math.max(node.right, x + right);
      node.bottom = Math.max(node.bottom, y + bottom);
    }
  }
}
