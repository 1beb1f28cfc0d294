// The package brings no types: those of the one function that is used.

declare module "mailparser" {
  /** Parses a whole message. */
  export function simpleParser(
    source: string,
    options: { readonly skipHtmlToText: boolean; readonly skipTextToHtml: boolean },
  ): Promise<{ readonly messageId?: string; readonly date?: Date }>;
}
