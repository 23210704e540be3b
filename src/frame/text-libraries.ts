// SPDX-License-Identifier: Apache-2.0
/** The libraries that text needs. */
import bidiFactory from "bidi-js";

export * as harfbuzz from "harfbuzzjs";

// Its types say that it is a module with a default export, while it is the function itself.
export const bidi: ReturnType<typeof bidiFactory.default> = (bidiFactory as unknown as typeof bidiFactory.default)();
