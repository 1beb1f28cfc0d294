import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { repositoryFiles, root, textOf } from "./sources.ts";

/** Rooms whose files papers speak of by path; what stands in angle brackets or has a star is a pattern, not a path. */
const ours = /^(bin|src|collectors|dashboards|test|bench|docs|lint)\/[^\s<>*…{}]*$/;

/** What a paper points to, by link or by a path in backticks, that is not there. */
function dangling(paper: string, text: string): string[] {
  const links = [...text.matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)].map(([, link = ""]) => link);
  const local = links.filter((link) => !/^[a-z]+:/.test(link)).map((link) => join(dirname(paper), link));
  const named = [...text.matchAll(/`([^`\n]+)`/g)].map(([, name = ""]) => name).filter((name) => ours.test(name));
  return [...local, ...named].filter((path) => !existsSync(join(root, path))).map((path) => `${paper}: ${path}`);
}

// A variant's own README speaks of its own folder, and the changelog of what once was.
const papers = repositoryFiles().filter((name) => /^[A-Z]+\.md$|^docs\/.*\.md$/.test(name) && name !== "CHANGELOG.md");

test("every file and link that a paper names is there", () => {
  expect(papers).toEqual(expect.arrayContaining(["README.md", "ARCHITECTURE.md", "docs/glossary.md"]));
  expect(papers.flatMap((paper) => dangling(paper, textOf(paper)))).toEqual([]);
});

test("a link and a path that lead nowhere are seen", () => {
  expect(dangling("docs/planted.md", "[a](gone.md#part) and `src/core/gone.ts` and [b](faults.md)")).toEqual([
    "docs/planted.md: docs/gone.md",
    "docs/planted.md: src/core/gone.ts",
  ]);
});
